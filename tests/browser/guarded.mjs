// A publisher on this machine that lets in only who shows what it asks for.

import { createServer } from "node:http";

const item = (home, title, n) => `<item><title>${title}</title><link>${home}/${n}</link><guid>${home}/${n}</guid><pubDate>${new Date(Date.now() - n * 3_600_000).toUTCString()}</pubDate><description>Only for members: ${title}</description></item>`;

/**
 * Serves a feed at each path of `doors`, which has the header that opens it: { "/members.xml": ["authorization", "Basic …"] }.
 * `opened` counts by path how often it was let in.
 */
export async function openGuarded(doors) {
  const opened = new Map();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://here");
    const door = doors[pathname];
    if (!door) return response.writeHead(404).end();
    const [header, value] = door;
    if (request.headers[header] !== value) return response.writeHead(401, { "WWW-Authenticate": "Basic realm=\"Members\"" }).end("Members only");
    opened.set(pathname, (opened.get(pathname) ?? 0) + 1);
    const name = pathname.slice(1, -4);
    const home = `http://${request.headers.host}/${name}`;
    response.writeHead(200, { "Content-Type": "application/rss+xml" });
    return response.end(`<?xml version="1.0"?><rss version="2.0"><channel><title>Members of ${name}</title><link>${home}</link>${item(home, `The minutes of ${name}`, 1)}${item(home, `Who brings cake to ${name}`, 2)}</channel></rss>`);
  });
  await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
  const { port } = server.address();
  return { port, host: `127.0.0.1:${port}`, opened, close: () => { server.closeAllConnections(); server.close(); } };
}
