//! Chance from a seed: the same seed throws the same dice on every machine.

/// SplitMix64. Good enough to lay out a day, and nothing else: keys are made by whoever holds them.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    state: u64,
}

impl Dice {
    /// Dice for one purpose. Two purposes of one seed do not follow each other, so that a change to one
    /// part of the day leaves the other parts as they were.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a over the purpose, from a state that the seed has moved.
        let start = Self { state: seed }.throw();
        let state = purpose.bytes().fold(start ^ 0xcbf2_9ce4_8422_2325, |state, byte| {
            (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self { state }
    }

    /// The next 64 bits.
    pub(super) fn throw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 where that is 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let limit = limit as u64;
        usize::try_from(self.throw().checked_rem(limit).unwrap_or_default()).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below((high + 1).saturating_sub(low))
    }

    /// True in so many of a hundred.
    pub(super) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of them.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// Random bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        for chunk in out.chunks_mut(8) {
            for (to, from) in chunk.iter_mut().zip(self.throw().to_le_bytes()) {
                *to = from;
            }
        }
        out
    }

    /// Puts them into another order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_purpose_throw_the_same() {
        let throws = |seed, purpose| {
            let mut dice = Dice::new(seed, purpose);
            (0..8).map(|_| dice.throw()).collect::<Vec<_>>()
        };
        assert_eq!(throws(7, "day"), throws(7, "day"));
        assert_ne!(throws(7, "day"), throws(8, "day"));
        assert_ne!(throws(7, "day"), throws(7, "kills"));
    }

    #[test]
    fn numbers_keep_to_their_bounds() {
        let mut dice = Dice::new(1, "bounds");
        let thrown: Vec<usize> = (0..1_000).map(|_| dice.between(3, 5)).collect();
        assert!([3, 4, 5].iter().all(|n| thrown.contains(n)));
        assert!(thrown.iter().all(|n| (3..=5).contains(n)));
        assert_eq!((dice.below(0), dice.pick::<u8>(&[])), (0, None));
    }

    #[test]
    fn shuffling_keeps_everything() {
        let mut items: Vec<u32> = (0..100).collect();
        Dice::new(2, "shuffle").shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
