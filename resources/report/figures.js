"use strict";
// What a report's charts compute, without a page: numbers as words.py writes them, round labels, and the drawings that charts.py makes too.
// `data` is as exporters/report/data.py describes it, after `read`; `view` is {low, high, off: [names of hidden bands]}.

const WIDTH = 880, LEFT = 84, TOP = 14, BOTTOM = 30, HEIGHT = 330, LANE = 54, GAP = 8;
const BYTE_PARTS = 6, MOMENT_PARTS = 8, NEARLY = 1e-9;
const LONG = [30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200].concat([1, 2, 5, 10, 20, 50, 100].map((days) => days * 86400));

// numbers

// `decimals` decimals; a tie goes to the even digit, as in Python.
function fixed(value, decimals) {
    const half = Math.abs(value) * 2 ** (decimals + 1);
    if (!Number.isInteger(half) || half % 2 === 0) return value.toFixed(decimals);
    const floor = Math.floor(Math.abs(value) * 10 ** decimals);
    return (Math.sign(value) * (floor + floor % 2) / 10 ** decimals).toFixed(decimals);
}

function grouped(text) {
    const [whole, part] = String(text).split(".");
    const out = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return part === undefined ? out : out + "." + part;
}

function stripped(text) {
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function unit(bytes) {
    for (const [name, factor] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]]) if (Math.abs(bytes) >= factor) return [name, factor];
    return ["B", 1];
}

function size(bytes) {
    const [name, factor] = unit(bytes);
    if (factor === 1) return grouped(bytes) + " B";
    const amount = bytes / factor;
    return grouped(stripped(fixed(amount, amount >= 100 ? 0 : amount >= 10 ? 1 : 2))) + " " + name;
}

function time(ns) {
    if (ns >= 7200e9) {
        const seconds = Math.floor(ns / 1e9), two = (value) => String(value).padStart(2, "0");
        const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
        if (days > 1) return grouped(days) + " d " + hours % 24 + " h " + two(minutes % 60) + " min";
        return hours + " h " + two(minutes % 60) + " min " + two(seconds % 60) + " s";
    }
    for (const [factor, name] of [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]]) if (ns >= factor) return grouped(fixed(ns / factor, 3)) + " " + name;
    return ns > 0 ? ns + " ns" : "0 s";
}

// A place of the axis in words.
function clock(data, x) {
    return data.by ? data.by + " " + grouped(fixed(x, 0)) : time(Math.round(x * 1e9));
}

// round labels: [place, label]

function roundStep(span, most) {
    const want = Math.max(span, 1e-12) / most, power = Math.floor(Math.log10(want));
    const base = power < 0 ? 1 / 10 ** -power : 10 ** power;
    return [1, 2, 5, 10].map((factor) => base * factor).find((step) => step >= want);
}

function momentStep(span, most, counted) {
    const want = Math.max(span, 1e-12) / most;
    if (!counted && want > 20) return LONG.find((step) => step >= want) || Math.ceil(want / 8640000) * 8640000;
    const step = roundStep(span, most);
    return counted ? Math.max(step, 1) : step;
}

function places(low, high, step) {
    const first = Math.ceil(low / step - NEARLY), out = [];
    for (let i = 0; i < 200 && (first + i) * step <= high + NEARLY * step; i++) out.push((first + i) * step);
    return out;
}

function byteTicks(top, most) {
    const values = places(0, top, Math.max(2 ** Math.ceil(Math.log2(Math.max(top, 1) / most)), 1));
    const [name, factor] = unit(Math.max(...values));
    return values.map((value) => [value, stripped(fixed(value / factor, 3)) + " " + name]);
}

function momentTicks(low, high, most, counted) {
    const step = momentStep(high - low, most, counted), values = places(low, high, step);
    if (counted) return values.map((value) => [value, grouped(fixed(value, 0))]);
    const largest = Math.max(0, ...values.map(Math.abs));
    if (largest >= 7200) return values.map((value) => [value, longLabel(value, step, largest >= 172800)]);
    const [factor, name] = [[1, "s"], [1e3, "ms"], [1e6, "µs"]].find(([each]) => largest * each >= 1) || [1e9, "ns"];
    return values.map((value) => [value, grouped(fixed(value * factor, decimals(step * factor))) + " " + name]);
}

// How many decimals tell multiples of `step` apart, at most 6.
function decimals(step) {
    const near = (power) => Math.abs(step * power - Math.round(step * power)) <= 1e-6 * Math.max(step * power, 1e-12);
    return [0, 1, 2, 3, 4, 5].find((count) => near(10 ** count)) ?? 6;
}

function longLabel(value, step, inDays) {
    const places = decimals(step), amount = Math.round(value * 10 ** places), two = (part) => String(part).padStart(2, "0");
    const whole = Math.floor(amount / 10 ** places), fraction = String(amount % 10 ** places).padStart(places, "0");
    const minutes = Math.floor(whole / 60), hours = Math.floor(minutes / 60), parts = [];
    if (inDays) parts.push(grouped(Math.floor(hours / 24)) + " d");
    if (!inDays || step % 86400) parts.push((inDays ? hours % 24 : hours) + " h");
    if (step % 3600) parts.push(two(minutes % 60) + " min");
    if (step % 60) parts.push(two(whole % 60) + (places ? "." + fraction : "") + " s");
    return parts.join(" ");
}

// data

function sums(steps) {
    let last = 0;
    return steps.map((step) => last += step);
}

// The data of the page with running sums in place of differences.
function read(data) {
    const scaled = (steps) => sums(steps).map((value) => value / data.scale);
    data.x = scaled(data.x);
    data.at.x = scaled(data.at.x);
    data.at.seqs = sums(data.at.seqs);
    for (const row of [...data.bands, ...data.counts]) row.values = sums(row.values);
    if (data.pages) data.pages.frames = frames(data.pages);
    return data;
}

// Index of the last of `xs` at or before `x`, at least 0.
function before(xs, x) {
    let low = 0, high = xs.length;
    while (low < high) {
        const middle = low + high >> 1;
        if (xs[middle] <= x) low = middle + 1; else high = middle;
    }
    return Math.max(low - 1, 0);
}

// The groups of all slots at each moment, as strings; of each moment the file has what differs from the one before.
function frames(pages) {
    let last = pages.letters[pages.letters.length - 1].repeat(pages.cells * pages.slots);
    return pages.changes.map((changes) => {
        let out = "", place = 0;
        for (let i = 0; i < changes.length; i += 2) {
            out += last.slice(place, place + changes[i]) + changes[i + 1];
            place += changes[i] + changes[i + 1].length;
        }
        last = out + last.slice(place);
        return last;
    });
}

// Bytes of each group in one cell, [name, bytes], largest first.
function contents(pages, frame, cell) {
    const found = new Map(), slots = frame.slice(cell * pages.slots, (cell + 1) * pages.slots);
    for (const letter of slots) found.set(letter, (found.get(letter) || 0) + 1);
    const named = [...found].map(([letter, count]) => [pages.names[pages.letters.indexOf(letter)], count * pages.per * 4096 / pages.slots]);
    return named.sort((one, two) => two[1] - one[1] || (one[0] < two[0] ? -1 : 1));
}

// drawings: SVG as text, the same as of charts.py

function across(x, view) {
    return LEFT + (x - view.low) * (WIDTH - LEFT) / (view.high - view.low);
}

function up(value, top, low, high) {
    return low - value * (low - high) / top;
}

function line(xs, ys, view, top, low, high) {
    return xs.map((x, i) => fixed(across(x, view), 1) + " " + fixed(up(ys[i], top, low, high), 1));
}

// Indices of the points to draw: those in the view and one on either side.
function inside(xs, view) {
    let first = 0, past = xs.length;
    while (first + 1 < past && xs[first + 1] < view.low) first++;
    while (past - 2 > first && xs[past - 2] > view.high) past--;
    return [first, past];
}

function axis(data, view, high) {
    return momentTicks(view.low, view.high, MOMENT_PARTS, data.by).map(([place, label]) => {
        const x = across(place, view), anchor = x < LEFT + 20 ? "start" : x > WIDTH - 30 ? "end" : "middle";
        return `<line class=grid x1=${fixed(x, 1)} x2=${fixed(x, 1)} y1=${TOP} y2=${high} /><text x=${fixed(x, 1)} y=${high + 18} text-anchor=${anchor}>${label}</text>`;
    }).join("");
}

// The height of the chart in bytes, and whether the limit is far above it.
function ceiling(data, peak) {
    const beyond = data.limit > 0 && peak < data.limit * 0.12;
    return [Math.max(beyond || !data.limit ? peak * 1.1 : Math.max(data.limit, peak) * 1.04, 1), beyond];
}

function zones(data, view) {
    const low = HEIGHT - BOTTOM, [first, past] = inside(data.x, view), xs = data.x.slice(first, past);
    const shown = data.bands.map((band, i) => [i, band]).filter(([, band]) => !view.off.includes(band.name));
    let floor = xs.map(() => 0);
    const tops = shown.map(([, band]) => floor = xs.map((_, i) => floor[i] + band.values[first + i]));
    const peak = Math.max(0, ...(tops.length ? tops[tops.length - 1] : []));
    const [top, beyond] = view.off.length ? [Math.max(peak * 1.1, 1), true] : ceiling(data, peak);
    const grid = byteTicks(top, BYTE_PARTS).map(([place, label]) => {
        const y = fixed(up(place, top, low, TOP), 1);
        return `<line class=grid x1=${LEFT} x2=${WIDTH} y1=${y} y2=${y} /><text x=${LEFT - 8} y=${fixed(up(place, top, low, TOP) + 4, 1)} text-anchor=end>${label}</text>`;
    }).join("");
    const drawn = shown.map(([i, band], at) => {
        const above = line(xs, tops[at], view, top, low, TOP), below = line(xs, at ? tops[at - 1] : xs.map(() => 0), view, top, low, TOP);
        return `<path class=b${i} d='M${above.join("L")}L${below.reverse().join("L")}Z'/>`;
    }).join("");
    const y = up(data.limit, top, low, TOP);
    const limit = data.limit && !beyond ? `<line class=ceiling x1=${LEFT} x2=${WIDTH} y1=${fixed(y, 1)} y2=${fixed(y, 1)} /><text class=ceiling x=${LEFT + 6} y=${fixed(y + 15, 1)}>${data.limit_words}</text>` : "";
    return grid + axis(data, view, low) + `<g clip-path='url(#inside)'>${drawn}</g>` + limit + flags(data, view, low);
}

function flags(data, view, low) {
    return data.remarks.map((x, i) => [x, i]).filter(([x]) => x >= view.low && x <= view.high).map(([x, i]) => {
        const place = fixed(across(x, view), 1);
        return `<line class=flag x1=${place} x2=${place} y1=${TOP} y2=${low} /><text class=flag x=${place} y=${TOP - 3} text-anchor=middle>${i + 1}</text>`;
    }).join("");
}

function lanes(data, view) {
    const [first, past] = inside(data.at.x, view), xs = data.at.x.slice(first, past);
    const drawn = data.counts.map((row, i) => {
        const high = TOP + i * (LANE + GAP), low = high + LANE, values = row.values.slice(first, past), top = Math.max(1, ...values);
        const points = line(xs, values, view, top, low, high), begin = points[0].split(" ")[0], end = points[points.length - 1].split(" ")[0];
        return `<text x=${LEFT - 8} y=${high + 10} text-anchor=end>${grouped(top)}</text><text x=${LEFT - 8} y=${low} text-anchor=end>0</text>` +
            `<line class=grid x1=${LEFT} x2=${WIDTH} y1=${low} y2=${low} />` +
            `<g clip-path='url(#inside)'><path class=fill d='M${points.join("L")}L${end} ${low}L${begin} ${low}Z'/><path class=curve d='M${points.join("L")}'/></g>` +
            `<text class=lane x=${LEFT + 6} y=${high + 13}>${row.name}</text>`;
    }).join("");
    return axis(data, view, TOP + data.counts.length * (LANE + GAP) - GAP) + drawn;
}
