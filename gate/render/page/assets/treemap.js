// A treemap: a tile a file, as large as its lines, coloured by coverage; files of a folder lie together.
// Squarified (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000). One stop of the tab key; arrows go on from there.
const MOST_TILES = 1500;
const STEPS = [50, 70, 80, 90, 100];

function squarified(entries, box) {
  const places = [];
  let total = entries.reduce((sum, entry) => sum + entry.size, 0);
  let { x, y, width, height } = box;
  let at = 0;
  while (at < entries.length) {
    const scale = (width * height) / total;
    const side = Math.min(width, height);
    let row = 0;
    let sum = 0;
    let worst = Infinity;
    while (at + row < entries.length) {
      const next = sum + entries[at + row].size * scale;
      const [most, least] = [entries[at].size * scale, entries[at + row].size * scale];
      const ratio = Math.max((side * side * most) / (next * next), (next * next) / (side * side * least));
      if (ratio > worst) break;
      [worst, sum] = [ratio, next];
      row += 1;
    }
    const thick = sum / side;
    let along = 0;
    for (const entry of entries.slice(at, at + row)) {
      const long = (entry.size * scale) / thick;
      places.push(width >= height
        ? { entry, x, y: y + along, width: thick, height: long }
        : { entry, x: x + along, y, width: long, height: thick });
      along += long;
      total -= entry.size;
    }
    if (width >= height) [x, width] = [x + thick, width - thick];
    else [y, height] = [y + thick, height - thick];
    at += row;
  }
  return places;
}

function foldersOf(files) {
  const folders = new Map();
  for (const file of files) {
    const folder = pathName(file.path).replace(/[^/]*$/, "");
    if (!folders.has(folder)) folders.set(folder, { size: 0, files: [] });
    const entry = folders.get(folder);
    entry.size += file.total;
    entry.files.push({ size: file.total, file });
  }
  return [...folders.values()].sort((one, other) => other.size - one.size);
}

function colourOf(file) {
  const share = percent(file.covered, file.total);
  return STEPS.filter((step) => share >= step).length;
}

function tileOf(file, open) {
  const missing = file.total - file.covered;
  const label = `${pathName(file.path)}: ${percent(file.covered, file.total)} % of ${file.total} covered, ${missing} not`;
  const tile = el("button", { type: "button", class: `tile c${colourOf(file)}`, tabindex: "-1", title: label });
  tile.addEventListener("click", () => open(file));
  return tile;
}

// A tile without room for words is named by its title; there may be a thousand, and words take their time.
function worded(tile, file, hasRoom) {
  tile.classList.toggle("small", !hasRoom);
  if (tile.hasChildNodes() === hasRoom) return;
  const words = [pathName(file.path).replace(/^.*\//, ""), `${percent(file.covered, file.total)} %`];
  tile.replaceChildren(...(hasRoom ? words.flatMap((word) => [el("span", {}, word), " "]) : []));
}

// With the arrows to the nearest tile in that direction.
function neighbour(tiles, from, key) {
  const centre = (tile) => [tile.offsetLeft + tile.offsetWidth / 2, tile.offsetTop + tile.offsetHeight / 2];
  const [x, y] = centre(from);
  let best = null;
  let nearest = Infinity;
  for (const tile of tiles) {
    const [toX, toY] = centre(tile);
    const [ahead, aside] = { ArrowRight: [toX - x, toY - y], ArrowLeft: [x - toX, toY - y], ArrowDown: [toY - y, toX - x], ArrowUp: [y - toY, toX - x] }[key];
    if (ahead <= 1) continue;
    const distance = ahead + 2 * Math.abs(aside);
    if (distance < nearest) [best, nearest] = [tile, distance];
  }
  return best;
}

function treemap(files, open) {
  const largest = files.filter((file) => file.total > 0).sort((one, other) => other.total - one.total);
  const shown = largest.slice(0, MOST_TILES);
  const tiles = new Map(shown.map((file) => [file, tileOf(file, open)]));
  const map = el("div", { class: "treemap", role: "group", "aria-label": "Files by size and coverage; arrow keys go from file to file" });
  function lay() {
    const [width, height] = [map.clientWidth, map.clientHeight];
    if (!width || !height || !shown.length) return;
    for (const folder of squarified(foldersOf(shown), { x: 0, y: 0, width, height })) {
      for (const { entry, ...box } of squarified(folder.entry.files, folder)) {
        const { style } = tiles.get(entry.file);
        [style.left, style.top, style.width, style.height] = [box.x, box.y, box.width, box.height].map((size) => `${size.toFixed(2)}px`);
        worded(tiles.get(entry.file), entry.file, box.width >= 34 && box.height >= 20);
      }
    }
  }
  map.append(...tiles.values());
  const first = map.querySelector("button");
  if (first) first.tabIndex = 0;
  map.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const next = neighbour(tiles.values(), document.activeElement, event.key);
    if (!next) return;
    document.activeElement.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  new ResizeObserver(lay).observe(map);
  return { node: map, rest: largest.length - shown.length };
}

function legend() {
  const words = STEPS.map((step, at) => (at ? `${STEPS[at - 1]} to ${step} %` : `under ${step} %`)).concat("100 %");
  return el("ul", { class: "legend", "aria-label": "Colours" }, words.map((word, at) => el("li", {}, el("span", { class: `swatch c${at}` }), word)));
}
