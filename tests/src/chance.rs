//! Chance in the world: all of it follows from the seed.

use std::sync::Arc;

use doorstep_core::{Entropy, EntropyError};
use doorstep_protocol::hash::h;
use doorstep_relay::surroundings::{Entropy as RelayEntropy, SeededEntropy};

/// The dice of a run.
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Any number.
    pub fn roll(&mut self) -> u64 {
        // SplitMix64: short, and the same on every machine.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of these, which are not none.
    pub fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

/// The random source of one store. Two stores never share one: a copied phone draws other bytes than
/// the phone that it was copied from, as two real phones do.
#[derive(Debug)]
pub struct StoreEntropy(SeededEntropy);

impl StoreEntropy {
    /// Of the store with this number in the world of this seed.
    pub fn new(seed: u64, store: u64) -> Arc<Self> {
        Arc::new(Self(SeededEntropy::new(mix(seed, "store", store))))
    }
}

impl Entropy for StoreEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        RelayEntropy::fill(&self.0, out).map_err(|_| EntropyError)
    }
}

/// The secret of a device key.
pub fn secret(seed: u64, name: &str) -> [u8; 32] {
    let mut fields = seed.to_be_bytes().to_vec();
    fields.extend_from_slice(name.as_bytes());
    h("world key", &fields)
}

/// A seed made of a seed.
pub fn mix(seed: u64, what: &str, n: u64) -> u64 {
    let mut fields = seed.to_be_bytes().to_vec();
    fields.extend_from_slice(&n.to_be_bytes());
    fields.extend_from_slice(what.as_bytes());
    let hash = h("world seed", &fields);
    u64::from_be_bytes(hash[..8].try_into().unwrap())
}
