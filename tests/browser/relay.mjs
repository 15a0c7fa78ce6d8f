// A mail relay on loopback that keeps what it is given (RFC 5321).

import { createServer } from "node:net";

/** A letter's plain text, whatever way it was encoded. */
function plainText(raw) {
  const [, boundary] = /boundary="([^"]+)"/.exec(raw);
  const part = raw.split(`--${boundary}`)[1];
  const at = part.indexOf("\r\n\r\n");
  const [head, body] = [part.slice(0, at), part.slice(at + 4)];
  if (/base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body.replaceAll("=\r\n", "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

export async function openRelay() {
  const letters = [];
  const server = createServer((socket) => {
    let [waiting, to, data] = ["", "", null];
    const say = (text) => socket.write(`${text}\r\n`);
    socket.setEncoding("latin1");
    socket.on("error", () => {});
    say("220 relay.example ESMTP");
    socket.on("data", (bytes) => {
      waiting += bytes;
      let end;
      while ((end = waiting.indexOf("\r\n")) >= 0) {
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        if (data !== null) {
          if (line === ".") {
            letters.push({ to, text: plainText(`\r\n${data}`), head: data.split("\r\n\r\n")[0].replace(/\r\n[ \t]+/g, " ") });
            data = null;
            say("250 2.0.0 Taken");
          } else data += `${line.replace(/^\./, "")}\r\n`;
        } else if (/^RCPT/i.test(line)) {
          [, to] = /<([^>]*)>/.exec(line);
          say("250 2.1.5 Fine");
        } else if (/^DATA/i.test(line)) {
          data = "";
          say("354 Go on");
        } else if (/^QUIT/i.test(line)) {
          say("221 2.0.0 Bye");
          socket.end();
        } else say(/^EHLO/i.test(line) ? "250-relay.example\r\n250 8BITMIME" : "250 2.0.0 Fine");
      }
    });
  });
  await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
  return {
    url: `smtp://127.0.0.1:${server.address().port}`,
    /** The newest letter to an address, and the first link in it. */
    newest: (to) => letters.findLast((letter) => letter.to === to),
    linkTo: (to) => /https?:\/\/\S+/.exec(letters.findLast((letter) => letter.to === to).text)[0],
    close: () => new Promise((done) => { server.close(done); }),
  };
}
