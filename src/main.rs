//! Who am I: subject, or the command line's (keeper, shell)? Then an exit status.

fn main() -> std::process::ExitCode {
    let mut args = std::env::args_os();
    if args.next().is_some_and(|name| name == boxlab::subject::ARGV0) {
        let mut number = || args.next().and_then(|word| word.to_str()?.parse::<i32>().ok());
        let (Some(socket), Some(parent)) = (number(), number()) else { return std::process::ExitCode::from(2) };
        return status(boxlab::subject::main(socket, parent));
    }
    status(boxlab::cli::main())
}

fn status(status: i32) -> std::process::ExitCode {
    std::process::ExitCode::from(u8::try_from(status).unwrap_or(1))
}
