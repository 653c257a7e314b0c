import CPostgres
import Glibc

extension PostgresConnection {
    /// Sends the rest of what is queued, and reads an answer to each command.
    func answers(_ handle: OpaquePointer, _ deadline: Deadline) throws(PostgresError) -> [PostgresResult] {
        let commands = pending
        pending.removeAll(keepingCapacity: true)
        var reading = Reading()
        do throws(PostgresError) {
            try send(handle, deadline)
            for command in commands {
                try read(command, into: &reading, handle, deadline)
            }
            guard let end = try next(handle, deadline) else { throw lost() }
            let isSynchronised = PQresultStatus(end) == PGRES_PIPELINE_SYNC
            PQclear(end)
            guard isSynchronised else { throw lost() }
        } catch {
            // After a statement that failed nothing of the bundle has been run, however the session ended.
            throw reading.error ?? error
        }
        if let error = reading.error { throw error }
        return reading.results
    }

    private struct Reading {
        var results: [PostgresResult] = []
        /// The first one that did not end the session.
        var error: PostgresError?
    }

    private func read(
        _ command: PendingCommand, into reading: inout Reading, _ handle: OpaquePointer, _ deadline: Deadline
    ) throws(PostgresError) {
        var isDone = false
        while let result = try next(handle, deadline) {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                isDone = true
                if case .run(let receive) = command {
                    let result = PostgresResult(taking: result)
                    receive?(result)
                    reading.results.append(result)
                } else {
                    PQclear(result)
                }
            case PGRES_PIPELINE_ABORTED:
                PQclear(result)
            case PGRES_PIPELINE_SYNC:
                // One answer too few: nothing that follows can be assigned.
                PQclear(result)
                throw lost()
            default:
                let error = messages.error(of: result)
                PQclear(result)
                guard !error.endedSession else {
                    close()
                    throw error
                }
                if PreparedStatements.isOutdated(error) { statements.forgetAll() }
                if reading.error == nil { reading.error = error }
            }
        }
        if case .prepare(let text) = command, !isDone { statements.forget(text) }
    }

    func send(_ handle: OpaquePointer, _ deadline: Deadline) throws(PostgresError) {
        while true {
            let left = PQflush(handle)
            if left == 0 { return }
            guard left > 0 else { throw lost() }
            guard deadline.wait(for: Int32(POLLIN | POLLOUT), on: PQsocket(handle)) else { throw late() }
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
    }

    /// - Returns: nil between the answers to two commands.
    func next(_ handle: OpaquePointer, _ deadline: Deadline) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            guard deadline.wait(for: Int32(POLLIN), on: PQsocket(handle)) else { throw late() }
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
        return PQgetResult(handle)
    }

    private func late() -> PostgresError {
        close()
        var error = PostgresError(.timeout, "the database did not answer in time; the connection was closed")
        error.endedSession = true
        return error
    }
}
