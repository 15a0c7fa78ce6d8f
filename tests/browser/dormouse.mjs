// Starts the server under test, and a browser.

import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));
export const program = process.env.DORMOUSE ?? resolve(here, "../../target/debug/dormouse");
export const SECRET = "a secret for the scheduler";

// Ends child processes on exit, including on SIGTERM.
process.once("SIGTERM", () => process.exit(143));

/** Path of Chromium, or null. */
export function findChromium() {
  const places = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  return places.find((place) => place && existsSync(place)) ?? null;
}

export async function launch(executablePath) {
  const { chromium } = await import("playwright-core");
  const args = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    // Nothing outside is asked for: the provider's forms import a font, and their painting waits for a slow resolver's answer.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
  ];
  const browser = await chromium.launch({ executablePath, args });
  // What is judged is what the server sends; offline.mjs is about the worker, and asks for it.
  const newContext = browser.newContext.bind(browser);
  browser.newContext = (options) => newContext({ serviceWorkers: "block", ...options });
  return browser;
}

/** Moves every account's last visit back by some days. No other process may have the store open. */
export function daysPass(store, days) {
  execFileSync(join(dirname(program), "examples", "away"), [store, String(days)], { stdio: "inherit" });
}

/** An empty folder for a store. */
export async function emptyFolder() {
  const folder = await mkdtemp(join(tmpdir(), "dormouse-browser-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The server on a store; `port` 0 picks one. */
export async function start(store, port = 0, settings = {}) {
  if (!existsSync(program)) throw new Error(`${program} isn't there: build it, or set DORMOUSE.`);
  const env = {
    PATH: process.env.PATH,
    STORE: store,
    PORT: String(port),
    ALLOW_PRIVATE_NETWORKS: "1",
    HOST_SPACING_MS: "0",
    CRON_SECRET: SECRET,
    ...settings,
  };
  const child = spawn(program, ["serve"], { env, cwd: store, stdio: ["ignore", "pipe", "pipe"] });
  process.once("exit", () => child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", (bytes) => { said += bytes; });
  const address = await new Promise((done, fail) => {
    child.stdout.on("data", (bytes) => {
      said += bytes;
      const found = /http:\/\/[\d.:]+/.exec(said);
      if (found) done(found[0]);
    });
    child.on("exit", (code) => fail(new Error(`the server ended with ${code}: ${said}`)));
  });
  const stop = () => new Promise((done) => {
    if (child.exitCode !== null) done();
    child.on("exit", done);
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
  });
  return { address, port: Number(new URL(address).port), stop, log: () => said };
}
