//! What holds for every input, tried on many. The inputs are drawn from a fixed
//! seed, so that a failure repeats.

mod cards;
mod hostile;
mod lists;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x000c_a4d5),
        ..ProptestConfig::default()
    }
}
