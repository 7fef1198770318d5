//! The supervisor alone, for tests; the real one is the codeyard binary.

fn main() {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == codeyard_sandbox::SUPERVISOR_ARGUMENT) {
        codeyard_sandbox::supervisor_main(args);
    }
    eprintln!("usage: sandbox-supervisor __sandbox VERB DIRECTORY");
    std::process::exit(2);
}
