//! A passkey's other half: an authenticator in software (Web Authentication, level 3), with one key of P-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Present, verified, and for one device only.
const FLAGS: u8 = 0b0000_0101;
/// Attested data follows.
const ATTESTED: u8 = 0b0100_0000;

/// An authenticator for one account.
pub(crate) struct Authenticator {
    key: EcdsaKeyPair,
    id: [u8; 16],
    origin: String,
    user: String,
    count: u32,
}

fn packed(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Authenticator {
    /// A new one, for an origin.
    pub(crate) fn new(origin: &str) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).unwrap();
        let id = Sha256::digest(key.public_key())[..16].try_into().unwrap();
        Self {
            key,
            id,
            origin: origin.to_owned(),
            user: String::new(),
            count: 0,
        }
    }

    fn client_data(&self, act: &str, options: &Value) -> Vec<u8> {
        let challenge = options["challenge"].as_str().unwrap();
        let data = json!({
            "type": act,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": false,
        });
        // The library wants the order of the specification's serialization.
        let text = format!(
            "{{\"type\":{},\"challenge\":{},\"origin\":{},\"crossOrigin\":false}}",
            data["type"], data["challenge"], data["origin"]
        );
        text.into_bytes()
    }

    fn data(&self, name: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(name).to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    /// Makes the passkey that the options ask for: what a browser sends.
    pub(crate) fn makes(&mut self, options: &Value) -> String {
        self.user = options["user"]["id"].as_str().unwrap().to_owned();
        let name = options["rp"]["id"].as_str().unwrap();
        let mut data = self.data(name, FLAGS | ATTESTED);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(self.id);
        // A COSE key (RFC 9053): EC2, ES256, P-256, and the two coordinates.
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        let public = self.key.public_key().as_ref();
        data.extend(&public[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&public[33..]);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": …}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        let answer = json!({
            "id": packed(&self.id),
            "rawId": packed(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": packed(&self.client_data("webauthn.create", options)),
                "attestationObject": packed(&object),
                "transports": ["internal"],
            },
        });
        answer.to_string()
    }

    /// Names another one's account and key in what it signs.
    pub(crate) fn pretends(&mut self, other: &Self) {
        self.user.clone_from(&other.user);
        self.id = other.id;
    }

    /// Answers the options of a sign-in: what a browser sends.
    pub(crate) fn answers(&mut self, options: &Value) -> String {
        self.count += 1;
        let data = self.data(options["rpId"].as_str().unwrap(), FLAGS);
        let client = self.client_data("webauthn.get", options);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let answer = json!({
            "id": packed(&self.id),
            "rawId": packed(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": packed(&client),
                "authenticatorData": packed(&data),
                "signature": packed(signature.as_ref()),
                "userHandle": self.user,
            },
        });
        answer.to_string()
    }
}
