//! Signing in against oauth2-mock-server, a third-party provider implementation with RSA keys, single-use codes and
//! PKCE.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use url::Url;

use crate::support::{Answer, Client, Left, TestApp, at, variable};

const ANN: &str = "ann@example.org";

/// The provider, in a separate process.
struct Mock {
    child: Child,
    orders: ChildStdin,
    says: BufReader<ChildStdout>,
    issuer: String,
}

/// Invalid claims or signatures of a provider, one per case.
fn lies() -> Vec<(Value, &'static str)> {
    let noon = at(12, 0).timestamp();
    vec![
        (json!({ "aud": "another" }), "rightly"),
        (json!({ "aud": ["another"] }), "rightly"),
        (json!({ "iss": "https://evil.example" }), "rightly"),
        (json!({ "nonce": "another" }), "rightly"),
        (json!({ "nonce": null }), "rightly"),
        (json!({ "exp": noon - 60 }), "rightly"),
        (json!({ "nbf": noon + 60 }), "rightly"),
        (json!({ "email_verified": false }), "rightly"),
        (json!({}), "not at all"),
        (json!({}), "with the public key"),
    ]
}

/// Starts the provider; if it isn't available, prints how many cases are skipped.
fn mock() -> Option<Mock> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let command = Command::new("node")
        .arg("openid-mock.mjs")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let started = command.ok().and_then(|mut child| {
        let orders = child.stdin.take().unwrap();
        let mut says = BufReader::new(child.stdout.take().unwrap());
        let mut issuer = String::new();
        says.read_line(&mut issuer).unwrap();
        let issuer = issuer.trim().to_owned();
        let up = issuer.starts_with("http://");
        up.then_some(Mock {
            child,
            orders,
            says,
            issuer,
        })
    });
    if started.is_none() {
        let why = "node, or oauth2-mock-server in tests/browser/node_modules, is missing";
        assert!(variable("CI").is_none(), "{why}");
        eprintln!("skipped: {} cases, since {why}", lies().len() + 3);
    }
    started
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Mock {
    async fn app(&self) -> TestApp {
        let settings = [
            ("OIDC_ISSUER", self.issuer.as_str()),
            ("OIDC_CLIENT_ID", "the-dormouse"),
            ("OIDC_CLIENT_SECRET", "between us"),
            ("SIGNUP", "open"),
        ];
        TestApp::with(&settings).await
    }

    /// Sets the claims and the signature of the next tokens.
    fn is_told(&mut self, claims: &Value, signed: &str) {
        let mut all = json!({ "email": ANN });
        let more = claims.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(more);
        let now = at(12, 0).timestamp();
        let order = json!({ "now": now, "claims": all, "signed": signed });
        writeln!(self.orders, "{order}").unwrap();
        let mut answer = String::new();
        self.says.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), "ok");
    }

    /// Follows the redirect to the provider, and returns the address that it redirects back to.
    fn sends_back(left: &Left) -> String {
        let url = &left.url;
        let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap())).unwrap();
        let (path, query) = (url.path(), url.query().unwrap());
        let host = url.host_str().unwrap();
        let ask =
            format!("GET {path}?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let header = answer.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("location").then_some(value)
        });
        let back = Url::parse(header.unwrap_or_else(|| panic!("{answer}"))).unwrap();
        assert_eq!(back.host_str(), Some("reader.example"));
        format!("{}?{}", back.path(), back.query().unwrap())
    }

    /// A complete sign-in.
    async fn round(&self, client: &Client<'_>) -> Answer {
        let left = Left::by(&client.get("/auth/openid").await);
        client.get(&Self::sends_back(&left)).await
    }
}

#[tokio::test]
async fn a_true_token_signs_in_and_no_forged_one_does() {
    let Some(mut mock) = mock() else { return };
    let app = mock.app().await;
    let ann = app.stranger();
    for (claims, signed) in lies() {
        mock.is_told(&claims, signed);
        let refused = mock.round(&ann).await;
        eprintln!("{claims}, signed {signed}");
        refused.is(403);
        assert!(!ann.cookies().contains_key("dormouse"));
    }
    assert_eq!(
        (app.count("User").await, app.count("Session").await),
        (0, 0)
    );
    mock.is_told(&json!({}), "rightly");
    mock.round(&ann).await.is(303);
    ann.get("/unread").await.is(200);
    assert!(ann.get("/settings").await.words().contains(ANN));
}

#[tokio::test]
async fn a_code_works_once_and_only_for_whom_it_was_made() {
    let Some(mut mock) = mock() else { return };
    let app = mock.app().await;
    mock.is_told(&json!({}), "rightly");
    let (ann, eve) = (app.stranger(), app.stranger());
    let words = "didn’t confirm who you are";
    let code = |back: &str| {
        back.split(['?', '&'])
            .find(|part| part.starts_with("code="))
            .unwrap()
            .to_owned()
    };

    let left = Left::by(&ann.get("/auth/openid").await);
    let back = Mock::sends_back(&left);
    // Eve has seen Ann's code: used in her own attempt it fails (PKCE), and the code is spent.
    let hers = Left::by(&eve.get("/auth/openid").await);
    let with_her_state = format!(
        "/auth/openid/callback?state={}&{}",
        hers.asked["state"],
        code(&back)
    );
    assert!(
        eve.get(&with_her_state)
            .await
            .is(403)
            .words()
            .contains(words)
    );
    assert!(ann.get(&back).await.is(403).words().contains(words));

    let left = Left::by(&ann.get("/auth/openid").await);
    let back = Mock::sends_back(&left);
    let kept = ann.cookies()["dormouse-attempt"].clone();
    ann.get(&back).await.is(303);
    for client in [&ann, &eve] {
        client.set_cookie("dormouse-attempt", &kept);
        let again = client.get(&back).await;
        assert!(
            again
                .is(403)
                .words()
                .contains("We couldn’t finish this sign-in")
        );
    }
    let left = Left::by(&eve.get("/auth/openid").await);
    let replayed = format!(
        "/auth/openid/callback?state={}&{}",
        left.asked["state"],
        code(&back)
    );
    assert!(eve.get(&replayed).await.is(403).words().contains(words));
    assert_eq!(app.count("User").await, 1);
}

#[tokio::test]
async fn a_state_of_another_browser_leads_nowhere() {
    let Some(mut mock) = mock() else { return };
    let app = mock.app().await;
    mock.is_told(&json!({}), "rightly");
    let (ann, eve) = (app.stranger(), app.stranger());
    let left = Left::by(&eve.get("/auth/openid").await);
    let back = Mock::sends_back(&left);
    ann.get("/auth/openid").await.is(303);
    let refused = ann.get(&back).await;
    assert!(
        refused
            .is(403)
            .words()
            .contains("We couldn’t finish this sign-in")
    );
    assert_eq!(app.count("User").await, 0);
}
