//! Environment variables by name, with the name in every error.

use std::collections::HashMap;

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
