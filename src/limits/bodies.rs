//! How many articles' texts each token is given on a day, so that a program that fetches everything again and again doesn't use up
//! what all readers have.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::MAX_KEYS;

/// After how many texts the count is stored, so that it survives an instance.
const STORED_EVERY: u32 = 500;

/// Counts texts by token.
#[derive(Debug, Default)]
pub struct Bodies {
    /// The day, and the texts on it.
    given: Mutex<HashMap<u128, (i64, u32)>>,
}

impl Bodies {
    /// How many texts a token was given on a day: as counted here, or as stored if that is more.
    pub fn given(&self, token: u128, day: i64, stored: (i64, u32)) -> u32 {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let here = given.get(&token).copied().unwrap_or_default();
        of_day(here, day).max(of_day(stored, day))
    }

    /// Counts more; returns the sum where it is to be stored.
    pub fn add(&self, token: u128, day: i64, stored: (i64, u32), more: u32) -> Option<u32> {
        let before = self.given(token, day, stored);
        let sum = before.saturating_add(more);
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if given.len() as u64 >= MAX_KEYS {
            given.retain(|_, (known, _)| *known == day);
        }
        if (given.len() as u64) < MAX_KEYS || given.contains_key(&token) {
            given.insert(token, (day, sum));
        }
        (sum / STORED_EVERY > before / STORED_EVERY).then_some(sum)
    }
}

fn of_day((known, count): (i64, u32), day: i64) -> u32 {
    if known == day { count } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_counted_and_stored_at_times() {
        let bodies = Bodies::default();
        assert_eq!(bodies.add(1, 10, (0, 0), 499), None);
        assert_eq!(bodies.add(1, 10, (0, 0), 1), Some(500));
        assert_eq!(bodies.given(1, 10, (10, 700)), 700);
        assert_eq!(bodies.add(1, 10, (10, 990), 20), Some(1_010));
        assert_eq!(bodies.given(1, 11, (10, 990)), 0);
        assert_eq!(bodies.given(2, 10, (9, 990)), 0);
    }
}
