/// A client's own thread, for an actor that mostly waits for that client's answers: an answer then reaches it, and its
/// next request libcurl, without one thread waking another (which costs more than signing).
///
/// What runs here holds up all transfers of the client, so it must not wait for a database or for another process.
/// Whoever uses it keeps the client: with the client the thread ends, and what is enqueued later never runs.
///
/// All jobs run one after the other, those of tasks that only prefer this executor, too; so both kinds may share a thread
/// with an actor that is isolated by it.
package final class CurlExecutor: SerialExecutor, TaskExecutor {
    private let inbox: TicketInbox
    private let thread: LoopThread

    init(_ inbox: TicketInbox, _ thread: LoopThread) {
        self.inbox = inbox
        self.thread = thread
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        inbox.enqueue(UnownedJob(job))
        thread.start(self)
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    func run(_ jobs: [UnownedJob]) {
        for job in jobs {
            job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
    }
}
