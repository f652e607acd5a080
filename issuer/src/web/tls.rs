//! TLS, for a desk without a proxy before it: 1.2 and 1.3, HTTP/1.1 alone, certificates read again when their files change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use actix_web::rt::time::interval;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};

use crate::error::causes;
use crate::keystore::{KeystoreError, read_private};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(3);

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that certify it, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM, for its owner's eyes alone.
    pub key: PathBuf,
}

/// Why a pair of files is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The certificate's file cannot be read.
    #[error("cannot read {}", path.display())]
    Certificate {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// The key's file cannot be read, or others can read it.
    #[error(transparent)]
    Key(#[from] KeystoreError),
    /// The key's file holds no key.
    #[error("there is no key in {}", path.display())]
    NoKey {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// Certificate and key do not go together, or are of a kind that is not known.
    #[error("the certificate and its key cannot be used together")]
    Pair(#[source] rustls::Error),
}

/// The certificate in use, and where a newer one will be.
#[derive(Debug)]
pub struct Certificate {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// When they are of no use.
    pub fn read(files: TlsFiles) -> Result<Arc<Self>, TlsError> {
        let provider = Arc::new(default_provider());
        let current = RwLock::new(Arc::new(pair(&files, &provider)?));
        Ok(Arc::new(Self { files, provider, current }))
    }

    /// How connections are made with it.
    pub(super) fn config(self: &Arc<Self>) -> io::Result<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(Arc::clone(&self.provider));
        let versions = builder.with_protocol_versions(&[&TLS13, &TLS12]).map_err(io::Error::other)?;
        let resolver: Arc<dyn ResolvesServerCert> = self.clone();
        Ok(versions.with_no_client_auth().with_cert_resolver(resolver))
    }

    /// Looks at the files now and then. New ones are for connections that are made from then on; a pair that is of no use
    /// is told, and the last good one stays.
    pub(super) async fn follow(self: Arc<Self>) {
        let mut seen = self.files.stamp();
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            let stamp = self.files.stamp();
            if stamp == seen {
                continue;
            }
            seen = stamp;
            match pair(&self.files, &self.provider) {
                Ok(new) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                    tracing::warn!("the certificate was changed: new connections have the new one");
                }
                Err(error) => {
                    let cause = causes(&error);
                    tracing::error!(
                        cause,
                        "the certificate's files changed and are of no use; the last one stays"
                    );
                }
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl TlsFiles {
    /// Another one whenever a file was changed or exchanged.
    fn stamp(&self) -> [Option<(SystemTime, u64)>; 2] {
        let stamp = |path: &Path| {
            let about = fs::metadata(path).ok()?;
            Some((about.modified().ok()?, about.len()))
        };
        [stamp(&self.certificate), stamp(&self.key)]
    }
}

fn pair(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let unreadable = |source| TlsError::Certificate { path: files.certificate.clone(), source };
    let chain = CertificateDer::pem_file_iter(&files.certificate).map_err(unreadable)?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let key = read_private(&files.key)?;
    let key = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|source| TlsError::NoKey { path: files.key.clone(), source })?;
    let pair = CertifiedKey::from_der(chain, key, provider).map_err(TlsError::Pair)?;
    pair.end_entity_cert().map_err(TlsError::Pair)?;
    Ok(pair)
}
