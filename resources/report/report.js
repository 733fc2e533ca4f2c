
// The page: zoom, values at the pointer, bands on and off, and the pages at a moment chosen. Everything is there without it.
(function () {
    const source = document.getElementById("data");
    if (!source) return;
    const data = read(JSON.parse(source.textContent));
    const view = {low: data.low, high: data.high, off: []};
    const charts = [], changed = [];
    let cursor = null, touched = null;

    function make(name, parent, properties) {
        const element = Object.assign(document.createElement(name), properties);
        parent.append(element);
        return element;
    }

    function draw() {
        for (const chart of charts) chart.svg.querySelector("g").innerHTML = chart.drawn();
        mark();
    }

    function mark() {
        for (const chart of charts) {
            const there = cursor !== null && cursor >= view.low && cursor <= view.high;
            const x = there ? fixed(across(cursor, view), 1) : 0;
            chart.over.innerHTML = there ? `<line class=cursor x1=${x} x2=${x} y1=${TOP} y2=${chart.bottom} />` : "";
            chart.say();
        }
        for (const each of changed) each();
    }

    function go(x) {
        cursor = x === null ? null : Math.min(Math.max(x, data.low), data.high);
        mark();
    }

    function show(low, high) {
        const least = (data.high - data.low) / 1e5, width = Math.min(Math.max(high - low, least), data.high - data.low);
        view.low = Math.min(Math.max(low, data.low), data.high - width);
        view.high = view.low + width;
        draw();
    }

    function zoom(factor, around) {
        const middle = around === null ? (view.low + view.high) / 2 : Math.min(Math.max(around, view.low), view.high);
        show(middle - (middle - view.low) * factor, middle + (view.high - middle) * factor);
    }

    const whole = () => show(data.low, data.high);

    // The axis is about samples: the keys go from one to the next.
    function step(by) {
        const xs = data.at.x, now = cursor === null ? xs.length - 1 : before(xs, cursor);
        go(xs[Math.min(Math.max(now + by, 0), xs.length - 1)]);
    }

    const keys = {
        ArrowLeft: () => step(-1), ArrowRight: () => step(1), Home: () => go(data.low), End: () => go(data.high),
        "+": () => zoom(0.5, cursor), "=": () => zoom(0.5, cursor), "-": () => zoom(2, cursor), "0": whole, Escape: () => go(null),
    };

    function interactive(figure, drawn, bottom, say) {
        const svg = figure.querySelector("svg[role=img]");
        const over = svg.appendChild(document.createElementNS(svg.namespaceURI, "g"));
        const chart = {svg, drawn, bottom, over, say};
        const place = (event) => {
            const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) * WIDTH / box.width;
            return view.low + Math.min(Math.max((x - LEFT) / (WIDTH - LEFT), 0), 1) * (view.high - view.low);
        };
        svg.tabIndex = 0;
        svg.addEventListener("pointerdown", (event) => {
            if (event.button === 0 && event.pointerType !== "touch") touched = place(event);
        });
        svg.addEventListener("pointermove", (event) => {
            go(place(event));
            if (touched === null) return;
            const [from, to] = [touched, cursor].sort((one, two) => one - two).map((x) => across(x, view));
            over.innerHTML += `<rect class=stretch x=${fixed(from, 1)} width=${fixed(to - from, 1)} y=${TOP} height=${bottom - TOP} />`;
        });
        svg.addEventListener("pointerup", (event) => {
            const to = place(event), from = touched;
            touched = null;
            if (from !== null && Math.abs(to - from) > (view.high - view.low) / 100) show(Math.min(from, to), Math.max(from, to));
            else go(to);
        });
        svg.addEventListener("pointerleave", () => touched = null);
        svg.addEventListener("dblclick", whole);
        svg.addEventListener("keydown", (event) => {
            if (!keys[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
            event.preventDefault();
            keys[event.key]();
        });
        charts.push(chart);
    }

    function tools(figure) {
        const bar = make("div", figure, {className: "tools"});
        figure.insertBefore(bar, figure.querySelector("svg[role=img]"));
        for (const [caption, name, act] of [
            ["+", "Zoom in", () => zoom(0.5, cursor)], ["−", "Zoom out", () => zoom(2, cursor)], ["Whole run", "Show the whole run", whole],
        ]) make("button", bar, {type: "button", textContent: caption, title: name, onclick: act}).setAttribute("aria-label", name);
        make("span", bar, {textContent: "Drag: zoom. Double click: whole run. Keys: ← → moment, + − zoom, 0 whole run. A zone's name hides it."});
        return make("p", figure, {className: "readout"});
    }

    // Words on the moment under the cursor: of the last sample before it, for what was not sampled is unknown.
    function moment() {
        if (cursor === null) return "At the end:";
        const at = before(data.at.x, cursor), event = data.at.seqs[at];
        return clock(data, cursor) + (data.by === "event" ? "" : `, after event ${grouped(event)}`) + ":";
    }

    function byZone(figure) {
        const items = [...figure.querySelectorAll(".keys li")], said = tools(figure);
        items.forEach((item, i) => {
            const name = data.bands[i].name, button = document.createElement("button");
            Object.assign(button, {type: "button", title: "Show or hide"});
            button.append(...item.childNodes);
            item.append(button);
            button.setAttribute("aria-pressed", "true");
            button.addEventListener("click", () => {
                view.off = view.off.includes(name) ? view.off.filter((each) => each !== name) : [...view.off, name];
                button.setAttribute("aria-pressed", String(!view.off.includes(name)));
                draw();
            });
        });
        interactive(figure, () => zones(data, view), HEIGHT - BOTTOM, () => {
            const at = cursor === null ? data.x.length - 1 : before(data.x, cursor);
            let sum = 0;
            items.forEach((item, i) => {
                sum += data.bands[i].values[at];
                item.querySelector("b").textContent = size(data.bands[i].values[at]);
            });
            said.textContent = `${moment()} all together ${size(sum)}${data.limit ? ` of at most ${size(data.limit)}` : ""}`;
        });
    }

    function byCount(figure) {
        const said = make("p", figure, {className: "readout"});
        interactive(figure, () => lanes(data, view), TOP + data.counts.length * (LANE + GAP) - GAP, () => {
            const at = cursor === null ? data.at.x.length - 1 : before(data.at.x, cursor);
            said.textContent = `${moment()} ${data.counts.map((row) => `${grouped(row.values[at])} ${row.name}`).join(", ")}`;
        });
    }

    function pageFilm(figure) {
        const pages = data.pages, wide = pages.cells <= 1500 ? 64 : 128, cell = 1024 / wide, tall = 16, gap = 14;
        const rows = Math.ceil(pages.boot / wide), more = Math.ceil((pages.cells - pages.boot) / wide);
        const picture = figure.querySelector("picture"), said = figure.querySelector(".readout"), dark = matchMedia("(prefers-color-scheme: dark)");
        const canvas = document.createElement("canvas"), bar = make("div", figure, {className: "tools"});
        Object.assign(canvas, {width: 1024, height: (rows + more) * (tall + 2) + (pages.boot ? gap : 0)});
        canvas.setAttribute("role", "img");
        picture.before(bar, canvas);
        figure.classList.add("drawn");
        const slider = make("input", bar, {type: "range", min: 0, max: pages.seqs.length - 1, step: 1});
        slider.setAttribute("aria-label", "Moment of the pages");
        slider.value = pages.seqs.length - 1;
        const label = make("output", bar, {});
        let shown = -1;
        const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
        const at = (i) => i < pages.boot ? [i % wide * cell, Math.floor(i / wide) * (tall + 2)] :
            [(i - pages.boot) % wide * cell, (rows + Math.floor((i - pages.boot) / wide)) * (tall + 2) + (pages.boot ? gap : 0)];

        function paint() {
            const frame = pages.frames[shown], pen = canvas.getContext("2d"), count = pages.letters.length;
            const colours = pages.names.map((name, i) => {
                if (view.off.includes(name)) return colour("unused");
                return colour(i < count - 4 ? "b" + i : ["other", "free", "lost", "unused"][i - count + 4]);
            });
            pen.clearRect(0, 0, canvas.width, canvas.height);
            for (let i = 0; i < pages.cells; i++) {
                const [x, y] = at(i);
                for (let slot = 0; slot < pages.slots; slot++) {
                    pen.fillStyle = colours[pages.letters.indexOf(frame[i * pages.slots + slot])];
                    const first = Math.ceil(slot * tall / pages.slots), past = Math.ceil((slot + 1) * tall / pages.slots);
                    pen.fillRect(x, y + first, cell - 2, past - first);
                }
            }
            const place = `${clock(data, pages.x[shown])}, after event ${grouped(pages.seqs[shown])}`;
            label.textContent = place;
            canvas.setAttribute("aria-label", `The pages of boot memory and of the zone map at ${place}`);
            said.textContent = "Point at a page for its contents.";
        }

        function choose(frame) {
            if (frame === shown) return;
            shown = frame;
            slider.value = frame;
            paint();
        }

        slider.addEventListener("input", () => {
            choose(Number(slider.value));
            go(pages.x[shown]);
        });
        canvas.addEventListener("pointermove", (event) => {
            const box = canvas.getBoundingClientRect(), x = (event.clientX - box.left) * 1024 / box.width, y = (event.clientY - box.top) * 1024 / box.width;
            for (let i = 0; i < pages.cells; i++) {
                const [left, top] = at(i);
                if (x < left || x >= left + cell || y < top || y >= top + tall + 2) continue;
                const begin = i < pages.boot ? pages.first[0] + i * pages.per * 4096 : pages.first[1] + (i - pages.boot) * pages.per * 4096;
                const parts = contents(pages, pages.frames[shown], i).map(([name, bytes]) => `${name} ${size(bytes)}`);
                said.textContent = `${i < pages.boot ? "Boot memory" : "zone_map"}, page 0x${begin.toString(16).padStart(8, "0")}: about ${parts.join(", ")}`;
                return;
            }
        });
        dark.addEventListener("change", paint);
        let hidden = "";
        changed.push(() => {
            choose(cursor === null ? pages.seqs.length - 1 : before(pages.x, cursor));
            if (hidden !== view.off.join()) paint();
            hidden = view.off.join();
        });
    }

    for (const [name, act] of [["zones", byZone], ["counts", byCount], ["pages", pageFilm]]) {
        const figure = document.getElementById(name);
        if (figure) act(figure);
    }
    if (charts.length) draw();
})();
