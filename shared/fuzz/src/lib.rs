//! What the targets have in common: how long one input may take, and a signer that costs nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpu_time::ProcessTime;
use shared::cose::Algorithm;
use shared::keys::{Ed25519Signer, Kid, PublicKey, SignError, Signer};

/// What no input may take longer than. Time of the processor: other work on the machine does not count.
const MOST: Duration = Duration::from_millis(100);
/// Only what is slower is told.
const WORTH_TELLING: Duration = Duration::from_millis(5);

/// Runs `work` on one input.
///
/// # Panics
/// When it takes more than a tenth of a second.
pub fn within_limits<T>(work: impl FnOnce() -> T) -> T {
    static SLOWEST: AtomicU64 = AtomicU64::new(0);
    let start = ProcessTime::now();
    let result = work();
    let took = start.elapsed();
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if took >= WORTH_TELLING && SLOWEST.fetch_max(micros, Ordering::Relaxed) < micros {
        eprintln!("slowest so far: {micros} us");
    }
    assert!(took <= MOST, "one input took {took:?}");
    result
}

/// Whether an input is one of the few, one of `of`, on which what is slow is tried as well: signatures.
pub fn is_chosen(data: &[u8], of: u32) -> bool {
    data.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)) % of
        == 0
}

/// Says that it is a key, and signs with zeros: what is written is read back, and verifies under no key.
pub struct NoSigner(Ed25519Signer);

impl Default for NoSigner {
    fn default() -> Self {
        Self(Ed25519Signer::from_seed(&[0xf9; 32]))
    }
}

impl Signer for NoSigner {
    fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    fn kid(&self) -> Kid {
        self.0.kid()
    }

    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignError> {
        Ok([0; 64])
    }
}
