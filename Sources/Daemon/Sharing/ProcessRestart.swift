import Glibc

/// Begins the program anew in the same process, with the same arguments: nothing of before is left but the process id.
enum ProcessRestart {
    static func perform() {
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        // Without it the process cannot go on; systemd starts another one.
        _exit(EXIT_FAILURE)
    }
}
