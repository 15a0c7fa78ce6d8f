//! Runs the `dormouse-tools` binary.

use std::process::{Command, Output};

/// Result of a run.
pub(crate) struct Done(Output);

/// Runs the command in an empty folder without environment settings.
pub(crate) fn run(args: &[&str]) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dormouse-tools"));
    command.args(args).current_dir(folder.path()).env_clear();
    Done(command.output().unwrap())
}

impl Done {
    /// Standard output; asserts exit code 0.
    #[track_caller]
    pub(crate) fn succeeds(&self) -> String {
        let errors = String::from_utf8_lossy(&self.0.stderr);
        assert_eq!(self.0.status.code(), Some(0), "{errors}");
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// The error message; asserts exit code 2.
    #[track_caller]
    pub(crate) fn fails(&self) -> String {
        assert_eq!(self.0.status.code(), Some(2));
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
}
