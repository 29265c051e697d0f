//! A receiver of webhooks that we did not write: adnanh/webhook, which `tests/run` installs. It has a certificate of
//! an authority made here, and appends each event to a file.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use detente::codec::proto::detente::v1::Webhook;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde_json::{Value, json};

use crate::officer::PATIENCE;

/// Its place, while it runs or not.
pub struct Receiver {
    folder: tempfile::TempDir,
    port: u16,
    /// PEM.
    pub authority: String,
    running: Option<Child>,
}

/// PEM of a fresh authority, and of a certificate of its for 127.0.0.1 with its key.
fn certificates() -> (String, String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::from_ca_cert_pem(&authority, key).unwrap();
    let own = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&own, &issuer).unwrap();
    (authority, certificate.pem(), own.serialize_pem())
}

/// PEM of an authority that issued nothing.
pub fn another_authority() -> String {
    certificates().0
}

impl Receiver {
    /// With its files, and not running.
    pub fn new() -> Receiver {
        let folder = tempfile::tempdir().unwrap();
        let (authority, certificate, key) = certificates();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("certificate.pem", &certificate);
        write("key.pem", &key);
        let told = folder.path().join("told");
        write("told", "");
        write("take", &format!("#!/bin/sh\nprintf '%s\\t%s\\n' \"$1\" \"$2\" >>'{}'\n", told.display()));
        let take = folder.path().join("take");
        std::fs::set_permissions(&take, Permissions::from_mode(0o700)).unwrap();
        let arguments =
            json!([{ "source": "header", "name": "Content-Type" }, { "source": "raw-request-body" }]);
        let hooks = json!([
            { "id": "alerts", "execute-command": take, "pass-arguments-to-command": arguments },
            { "id": "elsewhere", "execute-command": "/bin/true", "success-http-response-code": 302 },
        ]);
        write("hooks.json", &hooks.to_string());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Receiver { folder, port, authority, running: None }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Until it listens.
    pub async fn start(&mut self) {
        let child = Command::new("webhook")
            .args(["-ip", "127.0.0.1", "-port", &self.port.to_string(), "-secure", "-hooks"])
            .arg(self.file("hooks.json"))
            .arg("-cert")
            .arg(self.file("certificate.pem"))
            .arg("-key")
            .arg(self.file("key.pem"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("tests/run installs the package webhook");
        self.running = Some(child);
        let listens = async {
            while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, listens).await.expect("it listens");
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// As two custodians would agree on it.
    pub fn hook(&self, name: &str, path: &str) -> Webhook {
        Webhook {
            name: name.into(),
            url: format!("https://127.0.0.1:{}/hooks/{path}", self.port),
            authority: self.authority.clone(),
            offices: Vec::new(),
            calls_per_hour: 3_600,
        }
    }

    /// All that it was told, once that is as much as is wanted.
    pub async fn told(&self, wanted: usize) -> Vec<Value> {
        self.told_once(|told| told.len() >= wanted).await
    }

    /// All that it was told, once so many different events are among it: one may come twice.
    pub async fn told_different(&self, wanted: usize) -> Vec<Value> {
        let different =
            |told: &[Value]| told.iter().map(|event| event["id"].as_str()).collect::<BTreeSet<_>>().len();
        self.told_once(|told| different(told) >= wanted).await
    }

    async fn told_once(&self, is_enough: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let complete = async {
            loop {
                let told = self.told_so_far();
                if is_enough(&told) {
                    return told;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, complete).await.expect("it is told")
    }

    pub fn told_so_far(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.file("told")).unwrap();
        let event = |line: &str| {
            let (content_type, event) = line.split_once('\t').unwrap();
            assert!(content_type.starts_with("application/cloudevents+json"), "{content_type}");
            serde_json::from_str(event).unwrap()
        };
        text.lines().map(event).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop();
    }
}
