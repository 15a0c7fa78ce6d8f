//! Running the command.

use std::process::{Command, Output};

/// What a run came to.
pub(crate) struct Done(Output);

/// Runs the command in a folder of its own, without settings.
pub(crate) fn run(args: &[&str]) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dormouse-tools"));
    command.args(args).current_dir(folder.path()).env_clear();
    Done(command.output().unwrap())
}

impl Done {
    /// Its output, after exit 0.
    #[track_caller]
    pub(crate) fn succeeds(&self) -> String {
        let errors = String::from_utf8_lossy(&self.0.stderr);
        assert_eq!(self.0.status.code(), Some(0), "{errors}");
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// What it says of its failure, after exit 2.
    #[track_caller]
    pub(crate) fn fails(&self) -> String {
        assert_eq!(self.0.status.code(), Some(2));
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
}
