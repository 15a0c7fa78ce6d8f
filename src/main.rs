//! The binary; all code is in the library.

fn main() -> std::process::ExitCode {
    dormouse::cli::main()
}
