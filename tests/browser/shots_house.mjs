// Pictures of the administration, of ways into an account and out of it, and of one's own data: for shots.mjs.

import { SECRET } from "./dormouse.mjs";

const LEE = "lee@example.org";
const PASSWORD = "hazel and oak and ash";

/** Takes them with an administrator's `page`, whose shelf has feeds; `take(page, name)` takes one in every size and theme. */
export async function takeHouse({ browser, page, address, origin, take }) {
  const go = (on, path) => on.goto(address + path, { waitUntil: "networkidle" });
  const fresh = async () => (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  for (const job of ["refresh", "daily", "refresh"]) await fetch(`${address}/cron/${job}`, { headers: { Authorization: `Bearer ${SECRET}` } });
  for (const [name, title] of [["tidewater", "Tidewater Notes"], ["kernel", "The Slow Kernel"], ["orbital", "Orbital Weekly"]]) {
    await page.request.post(`${address}/admin/house/add`, { form: { url: `${origin}/${name}/feed.xml`, title, folder: name === "orbital" ? "Science" : "" } });
  }
  await go(page, "/admin/invitations");
  await take(page, "invitations-empty");
  await page.fill("#name", "For Lee, from the allotment");
  await page.fill("#uses", "2");
  await page.click("form[action='/admin/invitations'] button");
  const link = await page.inputValue("#new-link");
  await take(page, "invitations");
  const lee = await fresh();
  await lee.goto(link, { waitUntil: "networkidle" });
  await take(lee, "invited");
  await lee.fill("#email", LEE);
  await lee.fill("#password", PASSWORD);
  await lee.click("form[action='/signup'] button");
  await lee.waitForURL("**/unread");
  await take(lee, "house-offered");
  await lee.click("form[action='/house/follow'] button");
  await lee.locator("#flash").waitFor();
  await page.request.post(`${address}/admin/house/add`, { form: { url: `${origin}/bread/feed.xml`, title: "Bread & Stone" } });
  await go(lee, "/unread");
  await take(lee, "house-note");
  await go(lee, "/house");
  await take(lee, "house-following");
  await go(page, "/admin/users");
  await take(page, "admin-users");
  await page.click(`a[aria-label='Open ${LEE}']`);
  await page.locator("#quota").waitFor();
  const user = page.url();
  await take(page, "admin-user");
  await page.click("form[action$='/reset-link'] button");
  await page.locator("#new-link").waitFor();
  await take(page, "admin-user-reset-link");
  await page.goto(`${user}/delete`, { waitUntil: "networkidle" });
  await take(page, "admin-user-delete");
  const stranger = await fresh();
  await go(stranger, "/signup");
  await take(stranger, "signup-closed-note");
  await go(page, "/admin/feeds?show=all");
  const feed = await page.locator(".own-things a", { hasText: "Open" }).first().getAttribute("href");
  await page.request.post(`${address}/admin/hosts`, { form: { host: "ads.example.org", do: "block" } });
  for (const [name, path] of [["admin", "/admin"], ["admin-feeds", "/admin/feeds"], ["admin-feeds-all", "/admin/feeds?show=all"], ["admin-feed", feed], ["admin-house", "/admin/house"], ["admin-jobs", "/admin/jobs"], ["admin-audit", "/admin/audit"], ["admin-settings", "/admin/settings"], ["data", "/settings/data"], ["security", "/settings/security"], ["confirm", "/confirm?next=/settings/data"], ["delete-account", "/settings/delete-account"]]) {
    await go(page, path);
    await take(page, name);
  }
  await go(page, "/add");
  await page.click("details.door summary");
  await take(page, "add-door");
  await page.goto(user);
  await page.click("form[action$='/disable'] button");
  await page.locator("#flash").waitFor();
  await go(lee, "/unread");
  await take(lee, "disabled");
  await page.click("form[action$='/enable'] button");
  await page.locator("#flash").waitFor();
  await lee.context().clearCookies();
  await go(lee, "/signin");
  await lee.fill("#email", LEE);
  await lee.fill("#password", PASSWORD);
  await lee.click("form[action='/signin'] button");
  await lee.waitForURL("**/unread");
  await go(lee, "/settings/delete-account");
  await lee.check("input[name=sure]");
  await lee.click("form[action='/settings/delete-account'] .button-danger");
  await lee.locator("h1").waitFor();
  await take(lee, "goodbye");
  for (const tab of [lee, stranger]) await tab.context().close();
}
