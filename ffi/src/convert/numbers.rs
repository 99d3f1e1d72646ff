//! Numbers of an app are signed: in, a negative one is refused by name; out, a large one stays the
//! largest.

use crate::error::{Code, Fault};

/// A number that goes in.
pub(crate) fn taken<T, N: TryInto<T>>(number: N) -> Result<T, Fault> {
    number.try_into().map_err(|_| Code::BadNumber.into())
}

/// A number that goes in, where there is one.
pub(crate) fn taken_if<T, N: TryInto<T>>(number: Option<N>) -> Result<Option<T>, Fault> {
    number.map(taken).transpose()
}

/// A count that goes out.
pub(crate) fn count(n: impl TryInto<i32>) -> i32 {
    n.try_into().unwrap_or(i32::MAX)
}

/// A time or a length that goes out.
pub(crate) fn long(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_going_in_and_held_going_out() {
        assert_eq!(taken::<u64, _>(-1_i64).unwrap_err(), Code::BadNumber.into());
        assert_eq!(taken::<u16, _>(65_536).unwrap_err(), Code::BadNumber.into());
        assert_eq!(taken::<u16, _>(65_535), Ok(65_535));
        assert_eq!(taken_if::<u32, i32>(None), Ok(None));
        assert_eq!(taken_if::<u32, _>(Some(-7)).unwrap_err(), Code::BadNumber.into());
        assert_eq!((count(u32::MAX), count(7_usize)), (i32::MAX, 7));
        assert_eq!(long(u64::MAX), i64::MAX);
    }
}
