//! The one binary: `doorstep`.

fn main() -> std::process::ExitCode {
    doorstep_relay::cli::main()
}
