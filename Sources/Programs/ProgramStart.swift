import CEpoll
import Glibc

/// Starts a program with signals, descriptors and a process group as it expects them.
enum ProgramStart {
    enum Failure: Error {
        case code(Int32)
        case cancelled
    }

    /// - Parameter output: becomes its standard output, and its standard error too if that is wanted; else that is dropped.
    static func start(_ order: ProgramOrder, output: Int32) -> Result<pid_t, Failure> {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var input: Int32 = -1
        defer { if input >= 0 { close(input) } }
        if let bytes = order.input {
            // A file in memory, so that a program that does not read it holds nobody up.
            input = file(of: bytes)
            guard input >= 0 else { return .failure(.code(errno)) }
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        switch order.output {
        case .last: posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        case .whole: posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        // Signals as a program expects them, whatever this process does with them.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var arguments = order.words.map { strdup($0) }
        var environment = (order.environment ?? []).map { strdup($0) }
        defer { for text in arguments + environment { free(text) } }
        arguments.append(nil)
        environment.append(nil)
        var process = pid_t()
        let code = environment.withUnsafeMutableBufferPointer { own in
            posix_spawnp(
                &process, order.words.first ?? "", &actions, &attributes, arguments,
                order.environment == nil ? polarai_environment() : own.baseAddress)
        }
        return code == 0 ? .success(process) : .failure(.code(code))
    }

    /// A file without a name that holds the bytes, to be read from its beginning; -1 with `errno` set.
    private static func file(of bytes: [UInt8]) -> Int32 {
        let descriptor = polarai_memory_file("polarai-input")
        guard descriptor >= 0 else { return -1 }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                close(descriptor)
                errno = code
                return -1
            }
            written += count
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }
}
