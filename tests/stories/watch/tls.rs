//! TLS without a proxy: which versions, what is refused, and a certificate that is exchanged while the desk is served.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned, SupportedProtocolVersion,
};
use tests::desk::{Desk, arguments};
use tests::hall::{Hall, run, until};

const NAME: &str = "desk.alder.example";
const ASK: &str = "GET /healthz HTTP/1.1\r\nHost: desk.alder.example\r\nConnection: close\r\n\r\n";

/// A certificate of the desk's own, in the files that it is served with.
fn certificate(hall: &Hall) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([NAME.to_owned()]).unwrap();
    write(hall, "key.pem", &signing_key.serialize_pem(), 0o600);
    write(hall, "cert.pem", &cert.pem(), 0o644);
    cert.der().clone()
}

/// Puts a file in its place whole, as programs that renew certificates do.
fn write(hall: &Hall, name: &str, content: &str, mode: u32) {
    hall.write("beside.pem", content);
    fs::set_permissions(hall.file("beside.pem"), fs::Permissions::from_mode(mode)).unwrap();
    fs::rename(hall.file("beside.pem"), hall.file(name)).unwrap();
}

const FILES: [&str; 4] = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];

/// What a client that trusts this certificate alone is answered, and by which version of TLS.
fn asked(
    desk: &Desk,
    trusted: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
    protocols: &[&str],
) -> Result<(ProtocolVersion, String), String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_protocol_versions(versions).unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let client = ClientConnection::new(Arc::new(config), ServerName::try_from(NAME).unwrap()).unwrap();
    let connection = TcpStream::connect(desk.origin.strip_prefix("https://").unwrap()).unwrap();
    let mut stream = StreamOwned::new(client, connection);
    stream.write_all(ASK.as_bytes()).map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(|error| error.to_string())?;
    let version = stream.conn.protocol_version().unwrap();
    Ok((version, String::from_utf8(answer).unwrap()))
}

#[test]
fn the_desk_is_served_by_tls_and_takes_a_new_certificate() {
    let hall = Hall::new("watch_tls");
    let first = certificate(&hall);
    let desk = Desk::started(&hall, &mut hall.issuer_command(&arguments(&FILES)));
    assert!(desk.origin.starts_with("https://127.0.0.1:"), "{}", desk.origin);
    for (offered, spoken) in [
        (&[&TLS12][..], ProtocolVersion::TLSv1_2),
        (&[&TLS13], ProtocolVersion::TLSv1_3),
        (&[&TLS12, &TLS13], ProtocolVersion::TLSv1_3),
    ] {
        let (version, answer) = asked(&desk, &first, offered, &["http/1.1"]).unwrap();
        assert_eq!(version, spoken);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("alive\n"), "{answer}");
        assert!(answer.contains("\r\nstrict-transport-security: max-age=63072000\r\n"), "{answer}");
    }
    let both = [&TLS12, &TLS13];
    assert!(asked(&desk, &first, &both, &["h2", "http/1.1"]).unwrap().1.starts_with("HTTP/1.1 200 OK"));
    let only_2 = asked(&desk, &first, &both, &["h2"]).unwrap_err();
    assert!(only_2.contains("NoApplicationProtocol"), "{only_2}");

    // Whoever speaks plain HTTP to it is cut off at once, without an answer that could be taken for a page.
    let mut plain = TcpStream::connect(desk.origin.strip_prefix("https://").unwrap()).unwrap();
    plain.write_all(ASK.as_bytes()).unwrap();
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said);
    assert!(said.len() < 16 && !said.starts_with(b"HTTP"), "{said:?}");

    // A broken pair is told, and the last one stays.
    write(&hall, "key.pem", "no key\n", 0o600);
    let told = |what: &str| until(what, || desk.log().contains(what));
    told("the certificate's files changed and are of no use; the last one stays");
    assert!(desk.log().contains("there is no key in key.pem"), "{}", desk.log());
    assert!(asked(&desk, &first, &both, &["http/1.1"]).is_ok());

    let second = certificate(&hall);
    told("the certificate was changed: new connections have the new one");
    assert!(asked(&desk, &second, &both, &["http/1.1"]).is_ok());
    let old = asked(&desk, &first, &both, &["http/1.1"]).unwrap_err();
    assert!(old.contains("invalid peer certificate"), "{old}");
    tests::log::look_through(&desk.log()).unwrap();
}

#[test]
fn a_pair_of_no_use_is_refused_at_the_start() {
    let hall = Hall::new("watch_tls_wrong");
    let refused = |complaint: &str| {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"][..], &FILES].concat();
        let answer = run(&mut hall.issuer_command(&arguments));
        assert_eq!(answer.status, Some(1));
        assert!(answer.complaint.contains(complaint), "{}", answer.complaint);
    };
    refused("cannot read cert.pem");
    certificate(&hall);
    let key = String::from_utf8(hall.read("key.pem")).unwrap();
    write(&hall, "key.pem", &key, 0o644);
    refused("key.pem");
    let CertifiedKey { signing_key, .. } = generate_simple_self_signed([NAME.to_owned()]).unwrap();
    write(&hall, "key.pem", &signing_key.serialize_pem(), 0o600);
    refused("the certificate and its key cannot be used together");
    let alone = run(&mut hall.issuer_command(&["serve", "--tls-cert", "cert.pem"]));
    assert_eq!(alone.status, Some(64));
}
