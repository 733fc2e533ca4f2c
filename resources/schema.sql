-- Made by `make docs` from zoneviz/recording/schema.py. A recording that holds anything else is refused.

CREATE TABLE events (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, time INTEGER NOT NULL, task INTEGER NOT NULL, thread INTEGER NOT NULL, path INTEGER NOT NULL, subject INTEGER NOT NULL, address INTEGER NOT NULL, size INTEGER NOT NULL, extra INTEGER NOT NULL);

CREATE TABLE zone_samples (seq INTEGER NOT NULL, zone INTEGER NOT NULL, in_use INTEGER NOT NULL, free INTEGER NOT NULL, cur_size INTEGER NOT NULL, max_size INTEGER NOT NULL, allocs INTEGER NOT NULL, frees INTEGER NOT NULL, failures INTEGER NOT NULL, PRIMARY KEY (seq, zone)) WITHOUT ROWID;

CREATE TABLE figure_samples (seq INTEGER NOT NULL, figure INTEGER NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (seq, figure)) WITHOUT ROWID;

CREATE TABLE details (seq INTEGER PRIMARY KEY, text TEXT NOT NULL);

CREATE TABLE task_samples (seq INTEGER NOT NULL, task INTEGER NOT NULL, events INTEGER NOT NULL, allocs INTEGER NOT NULL, alloc_bytes INTEGER NOT NULL, frees INTEGER NOT NULL, free_bytes INTEGER NOT NULL, rpcs INTEGER NOT NULL, messages INTEGER NOT NULL, PRIMARY KEY (seq, task)) WITHOUT ROWID;

CREATE TABLE "kinds" (
   "id" INTEGER PRIMARY KEY NOT NULL,
   "name" TEXT NOT NULL,
   "subject" TEXT NOT NULL,
   "subject_refers" TEXT NOT NULL,
   "subject_unit" TEXT NOT NULL,
   "address" TEXT NOT NULL,
   "address_refers" TEXT NOT NULL,
   "address_unit" TEXT NOT NULL,
   "size" TEXT NOT NULL,
   "size_refers" TEXT NOT NULL,
   "size_unit" TEXT NOT NULL,
   "extra" TEXT NOT NULL,
   "extra_refers" TEXT NOT NULL,
   "extra_unit" TEXT NOT NULL
);

CREATE TABLE "names" (
   "id" INTEGER PRIMARY KEY NOT NULL,
   "text" TEXT NOT NULL
);

CREATE TABLE "paths" (
   "id" INTEGER PRIMARY KEY NOT NULL,
   "parent" INTEGER NOT NULL,
   "frame" TEXT NOT NULL,
   "text" TEXT NOT NULL
);

CREATE TABLE "zones" (
   "id" INTEGER PRIMARY KEY NOT NULL,
   "name" TEXT NOT NULL,
   "elem_size" INTEGER NOT NULL,
   "max_size" INTEGER NOT NULL,
   "alloc_size" INTEGER NOT NULL,
   "flags" TEXT NOT NULL
);

CREATE TABLE "maps" (
   "id" INTEGER PRIMARY KEY NOT NULL,
   "name" TEXT NOT NULL,
   "start_address" INTEGER NOT NULL,
   "end_address" INTEGER NOT NULL,
   "parent" INTEGER NOT NULL
);

CREATE TABLE "figures" (
   "id" INTEGER PRIMARY KEY NOT NULL,
   "name" TEXT NOT NULL,
   "unit" TEXT NOT NULL
);

CREATE TABLE "tasks" (
   "entry" INTEGER PRIMARY KEY NOT NULL,
   "id" INTEGER NOT NULL,
   "name" TEXT NOT NULL
);

CREATE TABLE "threads" (
   "entry" INTEGER PRIMARY KEY NOT NULL,
   "id" INTEGER NOT NULL,
   "task" INTEGER NOT NULL,
   "name" TEXT NOT NULL
);

CREATE TABLE "samples" (
   "seq" INTEGER PRIMARY KEY NOT NULL,
   "time" INTEGER NOT NULL,
   "zone_map_used" INTEGER NOT NULL,
   "zone_map_wasted" INTEGER NOT NULL,
   "kernel_map_used" INTEGER NOT NULL,
   "kalloc_map_used" INTEGER NOT NULL,
   "physical_pages" INTEGER NOT NULL,
   "physical_free" INTEGER NOT NULL,
   "physical_wired" INTEGER NOT NULL,
   "tasks" INTEGER NOT NULL,
   "threads" INTEGER NOT NULL,
   "ports" INTEGER NOT NULL,
   "messages" INTEGER NOT NULL,
   "operations" INTEGER NOT NULL,
   "forks" INTEGER NOT NULL,
   "processes" INTEGER NOT NULL
);

CREATE TABLE "checkpoints" (
   "seq" INTEGER PRIMARY KEY NOT NULL,
   "state" BLOB NOT NULL
);

CREATE TABLE "machine" (
   "name" TEXT PRIMARY KEY NOT NULL,
   "value" TEXT NOT NULL
);

CREATE UNIQUE INDEX "idx_tasks_id"
    ON "tasks" ("id");

CREATE UNIQUE INDEX "idx_threads_id"
    ON "threads" ("id");

CREATE TABLE "recording" (
   "kind" TEXT NOT NULL,
   "system" TEXT NOT NULL,
   "zone_noun" TEXT NOT NULL,
   "shows" TEXT NOT NULL,
   "scenario" TEXT NOT NULL,
   "parameters" TEXT NOT NULL,
   "profile" TEXT NOT NULL,
   "profile_values" TEXT NOT NULL,
   "seed" INTEGER NOT NULL,
   "created" TEXT NOT NULL,
   "time_kind" TEXT NOT NULL,
   "zoneviz" TEXT NOT NULL,
   "format" INTEGER NOT NULL,
   "model" TEXT NOT NULL,
   "part_of" TEXT NOT NULL,
   "outcome" TEXT NOT NULL,
   "panic_text" TEXT NOT NULL,
   "panic_zone" TEXT NOT NULL,
   "panic_memory" TEXT NOT NULL,
   "first_event" INTEGER NOT NULL,
   "events" INTEGER NOT NULL,
   "last_time" INTEGER NOT NULL,
   "digest" TEXT NOT NULL,
   "complete" INTEGER NOT NULL,
   "incomplete_reason" TEXT NOT NULL,
   "result" TEXT NOT NULL
);

CREATE VIEW events_named AS
SELECT e.seq, e.time, k.name AS kind,
       z.name AS zone, m.name AS map, f.name AS figure,
       e.task, a.name AS task_name, e.thread, h.name AS thread_name,
       p.text AS call_path,
       e.subject, e.address, e.size, e.extra,
       s.text AS subject_text, x.text AS extra_text, d.text AS detail
FROM events AS e
LEFT JOIN kinds AS k ON k.id = e.kind
LEFT JOIN zones AS z ON k.subject_refers = 'zone' AND z.id = e.subject
LEFT JOIN maps AS m ON k.subject_refers = 'map' AND m.id = e.subject
LEFT JOIN figures AS f ON k.subject_refers = 'figure' AND f.id = e.subject
LEFT JOIN tasks AS a ON a.id = e.task
LEFT JOIN threads AS h ON h.id = e.thread
LEFT JOIN paths AS p ON p.id = e.path
LEFT JOIN names AS s ON k.subject_refers = 'text' AND s.id = e.subject
LEFT JOIN names AS x ON k.extra_refers = 'text' AND x.id = e.extra
LEFT JOIN details AS d ON d.seq = e.seq;
