// Copies the few files that pages load into static/vendor/ and builds a sprite of the icons that the code names.
// Run by `npm run build` after `npm ci`; run it again when a template names a new icon.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ui = dirname(fileURLToPath(import.meta.url));
const source = resolve(ui, "..");
const modules = resolve(ui, "../../node_modules");
const vendor = join(ui, "static/vendor");

const FILES = {
  "tabler.css": "@tabler/core/dist/css/tabler.min.css",
  "htmx.js": "htmx.org/dist/htmx.min.js",
  "echarts.js": "echarts/dist/echarts.min.js",
};

// {% icon "name" %}, icon="name" in templates and Python, data-icon="name".
const ICON = /\bicon(?:\s*=\s*|\s+)["']([a-z0-9-]+)["']/g;

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!["static", "locale", "migrations", "__pycache__"].includes(entry.name)) yield* filesUnder(path);
    } else if (/\.(html|py)$/.test(entry.name)) {
      yield path;
    }
  }
}

function namedIcons() {
  const names = new Set();
  for (const path of filesUnder(source)) {
    for (const match of readFileSync(path, "utf8").matchAll(ICON)) names.add(match[1]);
  }
  return [...names].sort();
}

function symbol(name) {
  let svg;
  try {
    svg = readFileSync(join(modules, `@tabler/icons/icons/outline/${name}.svg`), "utf8");
  } catch {
    throw new Error(`No icon is called "${name}". Names: tabler.io/icons, outline.`);
  }
  const shapes = svg.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
}

mkdirSync(vendor, { recursive: true });
for (const [name, path] of Object.entries(FILES)) {
  const text = readFileSync(join(modules, path), "utf8");
  // The maps are not copied; the manifest storage would look for them.
  writeFileSync(join(vendor, name), text.replace(/\n?\/[/*][#@] sourceMappingURL=[^\n]*/g, ""));
}
const names = namedIcons();
writeFileSync(
  join(vendor, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join("")}</svg>\n`,
);
console.log(`${Object.keys(FILES).length} files and ${names.length} icons in regulars/ui/static/vendor`);
