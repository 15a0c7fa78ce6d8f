// A small web of made-up sites on this machine: pages that name their feeds, and the feeds.

import { createServer } from "node:http";
import { deflateSync } from "node:zlib";

const HOUR = 3_600_000;

const P = (...texts) => texts.map((text) => `<p>${text}</p>`).join("\n");

/** Address: { title, text (of the site), folder, articles: [hours ago, title, html, picture?, author?] } */
const sites = {
  tidewater: {
    title: "Tidewater Notes",
    folder: "Nature",
    articles: [
      [1.2, "The estuary after the storm: what forty centimetres of new silt did to the crossing", (at) => `
<p>On Thursday the gauge at Pell Bridge read 3.9 metres, the highest since it was set there. By Friday noon the water had gone, and with it the path that three generations of walkers had taken to be as solid as the church.</p>
<figure><img src="${at}/picture/2.png" width="1200" height="640" alt="Mud flats at low water under a wide evening sky"><figcaption>Low water on Friday evening, looking towards the old weir.</figcaption></figure>
<p>What replaced it is not mud, as the first reports had it, but silt: finer, paler, and laid down in a single night. We measured it at twelve stakes. The thinnest layer was eleven centimetres, the thickest just over forty.</p>
<blockquote><p>A marsh does not erode. It moves house, and it takes its time about the furniture.</p></blockquote>
<h2>Three things to watch this winter</h2>
<ul><li>Whether the samphire comes through. It tolerates burial, up to a point that nobody has measured here.</li><li>The second channel, which is now deeper than the first at half tide.</li><li>The curlews. They counted 214 on Sunday, against 90 in an ordinary November.</li></ul>
<p>The crossing stays closed until the stakes are read again on the first of the month. If you must see it, the sea wall gives the better view anyway, and the light is good from three o’clock.</p>`, 2, "Maren Holloway"],
      [27, "Counting curlews by ear", () => P("There is a way to count birds that you cannot see, and it begins with sitting still for longer than is comfortable.", "We tried it for nine evenings. The numbers were within a tenth of the drone’s, and nobody disturbed anything."), 3],
      [76, "A field guide to the smell of low tide", () => P("Iodine, mostly, people say. It is not iodine. It is dimethyl sulphide, and the plankton that make it have been dead for hours."), null],
      [150, "Why the wooden groynes stay", () => P("Stone would last longer. That is the trouble with it.")],
    ],
  },
  kernel: {
    title: "The Slow Kernel",
    folder: "Code",
    articles: [
      [2.5, "A queue that forgets nothing, in eighty lines", () => `
<p>Most queues lose work in one of three places: before the write, after the acknowledgement, or in the programmer’s head. This one takes the third case seriously.</p>
<pre><code>fn take(&amp;mut self, now: Instant) -&gt; Option&lt;Job&gt; {
    let due = self.jobs.partition_point(|job| job.at &lt;= now);
    let job = self.jobs.drain(..due).max_by_key(|job| job.rank)?;
    self.log.append(Taken(job.id)).expect("the log is the queue");
    Some(job)
}</code></pre>
<p>The interesting line is the fourth. If the log cannot be written, there is no queue, and <code>expect</code> says so. Everything else is bookkeeping.</p>
<table><thead><tr><th>Crash after</th><th>Lost</th><th>Done twice</th></tr></thead><tbody><tr><td>append</td><td>nothing</td><td>nothing</td></tr><tr><td>take</td><td>nothing</td><td>at most one</td></tr></tbody></table>
<p>At most one is not zero, and so a job carries its id to whoever does it.</p>`, null, "Ivo Brandt"],
      [20, "Reading flame graphs from the bottom", () => P("The wide bars at the top are the ones people point at. The ones at the bottom are the ones you can change.")],
      [52, "Clocks that go backwards, and what we did about ours", () => P("Twice in October our timestamps ran backwards by 41 milliseconds. The explanation took longer than the repair.")],
      [98, "Dependency diets", () => P("We removed 31 crates and nobody noticed. That is the report.")],
    ],
  },
  lamplight: {
    title: "Rust by Lamplight",
    folder: "Code",
    articles: [
      [5, "Borrowing is a conversation", () => P("The compiler is not refusing. It is asking who will tidy up afterwards."), null],
      [31, "Small enums, large rooms", () => P("An enum with one big variant is a house with one big room: everybody pays the heating."), null],
      [120, "An afternoon with proc macros (and why I went home early)", () => P("It compiled, which is the best that I can say."), null],
    ],
  },
  bread: {
    title: "Bread & Stone",
    folder: "Home",
    articles: [
      [3.4, "Rye that keeps for a week", () => P("The trick is neither the flour nor the oven. It is leaving it alone for a whole day after baking, under a cloth, where nobody looks.", "Bake on Friday. Cut on Saturday evening. It will be better on Tuesday."), 5],
      [47, "Eleven uses for the heel of a loaf", () => P("The heel is the best part, and this is not the sort of page that argues about it."), 6],
      [130, "On oven stones, and the one I broke", () => P("Thermal shock sounds like a pistol. I recommend not finding out."), null],
    ],
  },
  train: {
    title: "Night Train Diaries",
    folder: "Travel",
    articles: [
      [7, "Sleeper to the lake, second class, with a cello in the corridor", () => P("The conductor had a rule for bicycles, and one for skis. For a cello there was only his own good sense, which was considerable.", "We were eleven minutes late at the border and four minutes early at the lake, and nobody on the train could account for the difference."), 1],
      [60, "Dining cars, ranked by the weight of the cutlery", () => P("Heavy cutlery means somebody still expects you to sit down."), 4],
      [170, "What the timetable of 1974 knew", () => P("It knew about the ferry, for one."), null],
    ],
  },
  cities: {
    title: "Small Cities Review",
    folder: "News/Cities",
    articles: [
      [0.4, "The bench that a whole street argued about is back, eleven metres further east", () => P("It was the shade, in the end. Nobody had asked where the shade was at four in the afternoon."), null],
      [9, "Buses every ten minutes: the cheap way", () => P("Take the line that nobody uses in the middle and everybody uses at both ends. Cut it in two. Spend what is left on the ends."), 7],
      [33, "A library opens on Sundays and the town hall runs out of excuses", () => P("The first Sunday brought 640 visitors to a town of nine thousand."), null],
      [88, "Street trees by the numbers", () => P("A lime at forty years shades as much as twelve at five."), 2],
    ],
  },
  orbital: {
    title: "Orbital Weekly",
    folder: "News/Science",
    articles: [
      [6, "Quiet week above: two launches, one of them on time", () => P("The other waited for a boat."), null],
      [14, "How to weigh a comet with a stopwatch", () => P("The orbit gives it away, a few seconds a year at a time."), 3],
      [110, "The ground station that hears best in winter", () => P("Cold air, dry air, and a farmer who agreed to move his fence."), null],
    ],
  },
  letterpress: {
    title: "The Letterpress Club",
    folder: "",
    articles: [
      [11, "Seven greys that are not grey", () => P("Mix black into anything and you get a dirty anything. Mix the opposite colour into it and you get one of these."), 6],
      [72, "In praise of the ragged right", () => P("Justified text is a promise that the spaces have to keep."), null],
    ],
  },
  lanterns: {
    title: "Two Lanterns, a podcast",
    folder: "",
    articles: [
      [16, "Episode 41: The lighthouse keeper’s arithmetic", () => P("Thirty-one steps, twice a day, for nineteen years. We do the sum, and then we talk about the rest."), null, "Ada and Jonas", "audio/mpeg"],
      [184, "Episode 40: Fog signals", () => P("Bells, guns, horns, and one very patient dog."), null, "Ada and Jonas", "audio/mpeg"],
    ],
  },
};

export const names = Object.keys(sites);
export const folderOf = (name) => sites[name].folder;
export const titleOf = (name) => sites[name].title;

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function rss(origin, name, site, now) {
  const items = site.articles.map(([hours, title, html, picture, author, mime], index) => {
    const link = `${origin}/${name}/${site.articles.length - index}`;
    const image = picture && !html(origin).includes("<img") ? `<p><img src="${origin}/picture/${picture}.png" width="1200" height="640" alt=""></p>` : "";
    return `<item><title>${escape(title)}</title><link>${link}</link><guid>${link}</guid>
<pubDate>${new Date(now - hours * HOUR).toUTCString()}</pubDate>${author ? `<dc:creator>${escape(author)}</dc:creator>` : ""}
${mime ? `<enclosure url="${link}.mp3" type="${mime}" length="24118304"/>` : ""}${picture ? `<media:thumbnail url="${origin}/picture/${picture}.png"/>` : ""}<description>${escape(image + html(origin))}</description></item>`;
  });
  return `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>${escape(site.title)}</title><link>${homeOf(origin, name)}/${name}/</link><description>${escape(site.title)}</description>${items.join("\n")}</channel></rss>`;
}

/** Each site has a loopback address of its own for its page, so that each has an icon of its own. */
const homeOf = (origin, name) => {
  const number = Object.keys(sites).indexOf(name);
  return number < 0 ? origin : origin.replace("127.0.0.1", `127.0.1.${number + 1}`);
};

/** Typical site icons: a dark SVG on a transparent background, a filled SVG, a non-square PNG, and none. */
function icon(number) {
  const svg = (inside) => [200, "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${inside}</svg>`];
  switch (number % 4) {
    case 0: return svg('<path d="M16 2 30 28H2z" fill="#14202b"/>');
    case 1: return svg('<rect width="32" height="32" fill="#d2452f"/><circle cx="16" cy="16" r="8" fill="#fff3d6"/>');
    case 2: return [200, "image/png", picture(number)];
    default: return [404, "text/plain", "There is none"];
  }
}

/** One of many numbered feeds, with three articles each. */
function numbered(origin, number, now) {
  const articles = [1, 2, 3].map((n) => [number / 4 + n * 26, `Report ${n} from station ${number}`, () => P(`Station ${number} reports for the time number ${n}. All is well.`)]);
  return rss(origin, `many/${number}`, { title: `Station ${String(number).padStart(3, "0")}`, articles }, now);
}

/** One PNG with a soft landscape: sky, hills and water in a few colours. */
function picture(number) {
  const [width, height] = [1200, 640];
  const palettes = [
    [[246, 214, 178], [120, 134, 160], [62, 82, 104]], [[214, 226, 238], [128, 156, 150], [58, 92, 90]],
    [[250, 222, 190], [196, 150, 126], [98, 84, 96]], [[206, 222, 228], [150, 166, 130], [84, 104, 72]],
    [[238, 208, 204], [168, 126, 140], [86, 66, 92]], [[240, 226, 196], [190, 150, 96], [116, 78, 50]],
    [[222, 220, 230], [146, 146, 168], [80, 82, 106]],
  ];
  const [sky, far, near] = palettes[(number - 1) % palettes.length];
  const rows = Buffer.alloc(height * (width * 3 + 1));
  const edges = Array.from({ length: width }, (_, x) => [
    336 + 56 * Math.sin(x / 164 + number) + 28 * Math.sin(x / 68 + 2 * number),
    472 + 36 * Math.sin(x / 240 + 3 * number),
  ]);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [hill, shore] = edges[x];
      const base = y > shore ? near : y > hill ? far : sky;
      const shade = y > shore ? 1 - (y - shore) / 800 : y > hill ? 1 : 0.86 + (0.16 * y) / 336;
      const at = y * (width * 3 + 1) + 1 + x * 3;
      for (let c = 0; c < 3; c += 1) rows[at + c] = Math.min(255, Math.round(base[c] * shade));
    }
  }
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([magic, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

const page = (title, head, body = "") => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>${head}</head><body><h1>${escape(title)}</h1>${body}</body></html>`;

/** The text that only the article's own page has. */
const serial = P(
  "The ferry left at four, as it had on every other day, with eleven people, two dogs and a piano that nobody would admit to owning. The ferryman counted them twice, because counting was what he was paid for.",
  "Half-way across, where the water is deepest and the two shores look equally far, the piano began to play. It was not a tune, exactly; it was more the kind of thing that a person plays while thinking about something else.",
  "Nobody was sitting at it. The dogs looked at one another. The ferryman, who had seen most things in thirty-one years, took off his cap, put it on again, and slowed the engine so that everybody could hear.",
  "When they landed, the piano was the last to leave. It took four of them to carry it up the ramp, and the ferryman, locking the gate behind them, found that he had counted twelve.",
);

/** Starts the sites. `asked` counts the requests by path. */
export async function serveSites() {
  const now = Date.now();
  const asked = new Map();
  const pictures = new Map();
  let origin = "";
  const answer = (path, host) => {
    const html = (text) => [200, "text/html; charset=utf-8", text];
    const feed = (text) => [200, "application/rss+xml; charset=utf-8", text];
    const parts = path.split("/").slice(1);
    const home = /^127\.0\.1\.(\d+):/.exec(host);
    if (home && path === "/") return html(page("Home", '<link rel="icon" href="/icon">'));
    if (home && path === "/icon") return icon(Number(home[1]));
    if (parts[0] === "picture") {
      const number = Number.parseInt(parts[1], 10);
      if (!pictures.has(number)) pictures.set(number, picture(number));
      return [200, "image/png", pictures.get(number)];
    }
    if (parts[0] === "several") {
      const links = names.slice(0, 3).map((name) => `<link rel="alternate" type="application/rss+xml" title="${escape(sites[name].title)}" href="/${name}/feed.xml">`);
      return html(page("A house with three feeds", links.join("")));
    }
    if (parts[0] === "plain") return html(page("Nothing to follow here", ""));
    if (parts[0] === "serial") {
      const teaser = { title: "The Ferryman’s Serial", articles: [[3, "What the ferryman saw", () => P("The first of three parts begins on a quiet day."), null]] };
      if (parts[1] === "feed.xml") return feed(rss(origin, "serial", teaser, now));
      if (parts[1] === "1") return html(page("What the ferryman saw", "", `<nav><a href="/">Home</a> <a href="/about">About</a></nav><article>${serial}</article><footer>Buy our newspaper</footer>`));
    }
    if (parts[0] === "lost") {
      const moved = { title: "The Found Gazette", articles: [[2, "We have moved house", () => P("The old address was let to somebody else."), null], [30, "A last look round", () => P("Nothing was left behind."), null]] };
      if (parts[1] === "new.xml") return feed(rss(origin, "lost", moved, now));
      if (parts[1] === "feed.xml") return [410, "text/plain", "Gone"];
      return html(page("The Found Gazette", '<link rel="alternate" type="application/rss+xml" title="The Found Gazette" href="/lost/new.xml">'));
    }
    if (parts[0] === "broken") return [500, "text/plain", "Something fell over"];
    if (parts[0] === "many") {
      const number = Number(parts[1]);
      if (number % 50 === 0) return [404, "text/plain", "Gone"];
      return parts[2] === "feed.xml" ? feed(numbered(origin, number, now)) : html(page(`Station ${number}`, ""));
    }
    const site = sites[parts[0]];
    if (!site) return [404, "text/plain", "There is nothing here"];
    if (parts[1] === "feed.xml") return feed(rss(origin, parts[0], site, now));
    return html(page(site.title, `<link rel="alternate" type="application/rss+xml" title="${escape(site.title)}" href="feed.xml">`));
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://here").pathname;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    if (path === "/hub") return hub(request, response);
    const [status, type, body] = answer(path, request.headers.host);
    const link = hubs[path] && `<${origin}${hubs[path]}>; rel="hub", <${origin}${path}>; rel="self"`;
    response.writeHead(status, { "Content-Type": type, ETag: `"${now}"`, ...(link && { Link: link }) });
    response.end(body);
  });
  await new Promise((done) => { server.listen(0, "0.0.0.0", done); });
  origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, asked, close: () => { server.closeAllConnections(); server.close(); } };
}

/** Feeds that name a hub: a working one, and an unreachable one. */
const hubs = { "/tidewater/feed.xml": "/hub", "/lamplight/feed.xml": "/no-hub" };

/** Records a subscription and verifies it. */
function hub(request, response) {
  let text = "";
  request.on("data", (bytes) => { text += bytes; });
  request.on("end", () => {
    response.writeHead(202).end();
    const form = new URLSearchParams(text);
    const callback = new URL(form.get("hub.callback"));
    for (const name of ["mode", "topic", "lease_seconds"]) callback.searchParams.set(`hub.${name}`, form.get(`hub.${name}`));
    callback.searchParams.set("hub.challenge", "a-challenge");
    fetch(callback).catch(() => {});
  });
}

/** An OPML file: title, then [title, address, folder] of each feed. */
export function opml(feeds) {
  const tree = new Map();
  for (const [title, address, folder] of feeds) {
    const line = `<outline text="${escape(title)}" title="${escape(title)}" type="rss" xmlUrl="${escape(address)}"/>`;
    tree.set(folder, [...(tree.get(folder) ?? []), line]);
  }
  const wrap = (folder, lines) => folder.split("/").filter(Boolean).reverse()
    .reduce((inside, name) => `<outline text="${escape(name)}">${inside}</outline>`, lines.join("\n"));
  const body = [...tree].map(([folder, lines]) => wrap(folder, lines)).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head><title>Feeds</title></head><body>${body}</body></opml>`;
}

/** All of the sites above as OPML. */
export function wholeShelf(origin, more = []) {
  return opml([...names.map((name) => [sites[name].title, `${origin}/${name}/feed.xml`, sites[name].folder]), ...more]);
}

/** An OPML file with 100 feeds of this server, in folders and folders within. */
export function hundred(origin) {
  const feeds = Array.from({ length: 100 }, (_, index) => index + 1);
  return opml(feeds.map((n) => [`Station ${String(n).padStart(3, "0")}`, `${origin}/many/${n}/feed.xml`, n % 3 === 0 ? "Stations/North" : "Stations"]));
}
