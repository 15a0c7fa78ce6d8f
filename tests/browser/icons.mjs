// Draws the app's icons from static/favicon.svg into static/icons/: plain ones, one with room around it for devices that cut
// icons to a shape of their own, and one on paper for those that show no transparency. Run it when the favicon changes.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { findChromium, here, launch } from "./dormouse.mjs";

const PAPER = "#f6efdf";
/** Name, side in pixels, how much of it the dormouse takes, and what is behind it. */
const ICONS = [
  ["192", 192, 1, "transparent"],
  ["512", 512, 1, "transparent"],
  // What is outside the middle 80 % may be cut off.
  ["maskable", 512, 0.62, PAPER],
  ["apple", 180, 0.78, PAPER],
];

const folder = resolve(here, "../../static");
const drawing = await readFile(join(folder, "favicon.svg"), "utf8");
await mkdir(join(folder, "icons"), { recursive: true });
const browser = await launch(findChromium());
for (const [name, side, part, behind] of ICONS) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  const inside = Math.round(side * part);
  const style = `margin:0;height:100vh;display:grid;place-content:center;background:${behind}`;
  await page.setContent(`<body style="${style}">${drawing.replace("<svg ", `<svg width="${inside}" height="${inside}" `)}</body>`);
  await writeFile(join(folder, "icons", `${name}.png`), await page.screenshot({ omitBackground: behind === "transparent" }));
  await page.close();
}
await browser.close();
