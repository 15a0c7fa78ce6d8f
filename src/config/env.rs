//! Environment variables by name, with the name in every error.

use std::collections::HashMap;
use std::time::Duration;

/// A variable with a wrong value, or a required one that isn't set.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct ConfigError {
    name: &'static str,
    problem: String,
}

impl ConfigError {
    /// An error about one variable; `problem` is the sentence after its name.
    pub fn new(name: &'static str, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self { name, problem }
    }
}

/// A copy of the environment: the process's own, or a test's.
#[derive(Clone, Debug, Default)]
pub struct Env(HashMap<String, String>);

impl Env {
    /// The process's own. Values that aren't UTF-8 count as absent: no setting accepts them.
    pub fn of_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads it")]
        let variables = std::env::vars_os();
        let text =
            variables.filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?)));
        Self(text.collect())
    }

    /// A test's environment.
    pub fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self(variables.map(|(n, v)| (n.to_owned(), v.to_owned())).into())
    }

    /// The value, unless it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// `1`, `0`, `true` or `false`.
    ///
    /// # Errors
    /// [`ConfigError`] for any other value.
    pub fn boolean(&self, name: &'static str, default: bool) -> Result<bool, ConfigError> {
        match self.get(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(default),
            Some("1" | "true") => Ok(true),
            Some("0" | "false") => Ok(false),
            Some(other) => Err(ConfigError::new(
                name,
                format!("is {other:?}; it takes 1, 0, true or false"),
            )),
        }
    }

    /// A time such as `90s`, `15m` or `2h`; `None` if it is absent or 0.
    ///
    /// # Errors
    /// [`ConfigError`] if it isn't one, or is longer than a day.
    pub fn time(&self, name: &'static str) -> Result<Option<Duration>, ConfigError> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let (digits, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
        let seconds = match unit {
            "s" => Some(1),
            "m" => Some(60),
            "h" => Some(60 * 60),
            "" if digits == "0" => Some(0),
            _ => None,
        };
        let all = digits.parse().ok().zip(seconds);
        let all = all.and_then(|(count, seconds): (u64, u64)| count.checked_mul(seconds));
        match all.filter(|all| *all <= 24 * 60 * 60) {
            Some(0) => Ok(None),
            Some(all) => Ok(Some(Duration::from_secs(all))),
            None => Err(ConfigError::new(
                name,
                format!(
                    "is {text:?}; it takes a time of at most a day, such as 90s, 15m or 2h, or 0 for never"
                ),
            )),
        }
    }

    /// A whole number within a range.
    ///
    /// # Errors
    /// [`ConfigError`] if it isn't a number, or is outside the range.
    pub fn number(
        &self,
        name: &'static str,
        default: u64,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<u64, ConfigError> {
        let Some(text) = self.get(name) else {
            return Ok(default);
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            let (low, high) = range.into_inner();
            let takes = format!("is {text:?}; it takes a whole number from {low} to {high}");
            ConfigError::new(name, takes)
        })
    }
}
