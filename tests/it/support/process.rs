//! Runs the real binary: commands in a temporary folder, and a server that can be killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// A folder for running commands, with only the given settings in their environment.
#[derive(Debug)]
pub(crate) struct Shell {
    folder: tempfile::TempDir,
}

impl Shell {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    /// A folder whose store has a reader, ann@example.org, and this feed, fetched.
    pub(crate) fn reading(feed: &str) -> Self {
        let shell = Self::new();
        let add = &["user", "add", "ann@example.org", "--password-stdin"];
        shell.run_with(add, &[], super::PASSWORD).is(0);
        let opml =
            format!("<opml version=\"2.0\"><body><outline xmlUrl=\"{feed}\"/></body></opml>");
        std::fs::write(shell.folder().join("feeds.opml"), opml).unwrap();
        let import = &["import", "feeds.opml", "--user", "ann@example.org"];
        shell.run(import).is(0);
        shell.run(&["tick"]).is(0);
        shell
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    fn command(&self, args: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dormouse"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear();
        command
            .env("ALLOW_PRIVATE_NETWORKS", "1")
            .env("HOST_SPACING_MS", "0");
        command.envs(settings.iter().copied());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run_with(&self, args: &[&str], settings: &[(&str, &str)], input: &str) -> Done {
        let mut child = self.command(args, settings).spawn().unwrap();
        // A command that doesn't read its input may already have ended.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Done(child.wait_with_output().unwrap())
    }

    /// Runs a command, and kills it after a time; returns whether it had ended before.
    pub(crate) fn run_for(&self, args: &[&str], time: Duration) -> bool {
        self.run_with_for(args, &[], time)
    }

    /// The same with some settings.
    pub(crate) fn run_with_for(
        &self,
        args: &[&str],
        settings: &[(&str, &str)],
        time: Duration,
    ) -> bool {
        let mut child = self.command(args, settings).spawn().unwrap();
        std::thread::sleep(time);
        let had_ended = child.try_wait().unwrap().is_some();
        // It may already have ended.
        let _ = child.kill();
        child.wait().unwrap();
        had_ended
    }

    /// Runs a command that needs no more than its arguments.
    pub(crate) fn run(&self, args: &[&str]) -> Done {
        self.run_with(args, &[], "")
    }

    /// Starts the server on a free port, with a limit of open files that it may (`S`) or may not (`H`) raise.
    pub(crate) fn serve_limited(&self, kind: char, files: u32) -> Server {
        let binary = env!("CARGO_BIN_EXE_dormouse");
        let mut command = Command::new("sh");
        let kinds = if kind == 'H' { "HS" } else { "S" };
        let script = format!("ulimit -{kinds} -n {files}; exec {binary} serve");
        command.args(["-c", &script]);
        command.current_dir(self.folder.path()).env_clear();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::started(command)
    }

    /// Starts the server on a free port.
    pub(crate) fn serve(&self, settings: &[(&str, &str)]) -> Server {
        Self::started(self.command(&["serve"], settings))
    }

    fn started(mut command: Command) -> Server {
        let mut child = command.env("PORT", "0").spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let errors = child.stderr.take();
        let address = line.trim().strip_prefix("Dormouse is awake at http://");
        let address = address.and_then(|address| address.parse().ok());
        let mut server = Server {
            child,
            errors,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        server.address = address.unwrap_or_else(|| panic!("{line:?}: {}", server.last_words()));
        server
    }
}

/// The result of a command.
#[derive(Debug)]
pub(crate) struct Done(Output);

impl Done {
    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0.stdout
    }

    pub(crate) fn errors(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// Fails unless the exit code is this.
    #[track_caller]
    pub(crate) fn is(&self, code: i32) -> &Self {
        assert_eq!(self.code(), code, "{}{}", self.out(), self.errors());
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A running server, killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    errors: Option<ChildStderr>,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Kills it, as a power failure would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Peak memory since [`Self::forget_peak`], in kilobytes.
    pub(crate) fn peak_kb(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.unwrap().parse().unwrap()
    }

    /// Resets the peak memory; returns the current memory.
    pub(crate) fn forget_peak(&self) -> u64 {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
        self.peak_kb()
    }

    /// Sends the termination signal, as a platform does; returns the exit code, and how long it took.
    #[expect(clippy::disallowed_methods, reason = "what real waiting took")]
    pub(crate) fn terminate(&mut self) -> (Option<i32>, Duration) {
        let began = std::time::Instant::now();
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(sent.success());
        let status = self.child.wait().unwrap();
        (status.code(), began.elapsed())
    }

    /// Stops it, and returns its log.
    pub(crate) fn log(mut self) -> String {
        self.last_words()
    }

    fn last_words(&mut self) -> String {
        let _ = self.child.kill();
        let mut text = String::new();
        if let Some(errors) = &mut self.errors {
            errors.read_to_string(&mut text).unwrap();
        }
        text
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request as a browser does: its form, if there is one, and its cookie. Returns the status, the cookie that was
/// set, and whether the whole body came; `None` if there was no response.
pub(crate) fn browse(
    server: SocketAddr,
    path: &str,
    cookie: &str,
    form: Option<&str>,
) -> Option<(u16, Option<String>, bool)> {
    let mut stream = TcpStream::connect(server).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    let (method, body) = form.map_or(("GET", ""), |form| ("POST", form));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nCookie: {cookie}\r\n\
         X-Forwarded-For: 192.0.2.7\r\nOrigin: http://{server}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).ok()?;
    let mut bytes = Vec::new();
    // What was killed in the middle ends with an error, or too early.
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    };
    let session = head.lines().find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        let is_session = key.eq_ignore_ascii_case("set-cookie") && value.starts_with("dormouse=");
        is_session.then(|| value.split(';').next().unwrap_or_default().to_owned())
    });
    let length = header("content-length").and_then(|text| text.parse::<usize>().ok());
    let is_whole = length == Some(bytes.len() - end - 4) || bytes.ends_with(b"\r\n0\r\n\r\n");
    Some((status, session, is_whole))
}

/// Gets a page of a real server; returns status and body, or `None` if there was no complete response.
pub(crate) fn plain(server: SocketAddr, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(server).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    let head = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// Sends one request to a real server; returns status and JSON, or `None` if the response was incomplete.
pub(crate) fn call(
    server: SocketAddr,
    token: &str,
    method: &str,
    path: &str,
    body: &Value,
) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(server).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length: ")?
            .parse::<usize>()
            .ok()
    });
    if length != Some(body.len()) {
        return None;
    }
    Some((status, serde_json::from_str(body).ok()?))
}
