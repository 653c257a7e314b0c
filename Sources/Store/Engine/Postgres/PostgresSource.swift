package import Model
package import Postgres

/// Which PostgreSQL database, and how it is connected to.
package struct PostgresSource: Sendable {
    /// Read again for each connection: a password may have changed.
    let address: @Sendable () throws -> PostgresAddress
    let options: PostgresOptions
    /// Of each transaction that writes; nil if there is none.
    let condition: WriteCondition?
    /// Names the database in messages: servers and name, without user and password.
    let place: String

    /// - Throws: what `address` throws.
    package init(
        options: PostgresOptions = PostgresOptions(),
        condition: WriteCondition? = nil,
        address: @escaping @Sendable () throws -> PostgresAddress
    ) throws {
        self.options = options
        self.condition = condition
        self.address = address
        place = try address().place
    }

    /// The same database for somebody who changes nothing.
    func reading() -> PostgresSource {
        var options = options
        options.access = .readOnly
        return PostgresSource(options: options, address: address, place: place)
    }

    /// The same database for somebody who must answer soon, whether the server does or not.
    func answeringSoon() -> PostgresSource {
        var options = options
        options.connectLimit = min(options.connectLimit, .seconds(2))
        options.statementLimit = min(options.statementLimit, .seconds(1))
        return PostgresSource(options: options, address: address, place: place)
    }

    private init(
        options: PostgresOptions, address: @escaping @Sendable () throws -> PostgresAddress, place: String
    ) {
        self.options = options
        self.address = address
        self.place = place
        condition = nil
    }

    /// - Throws: `StoreError`.
    package func connect() throws -> PostgresConnection {
        do {
            return try PostgresConnection(address(), options)
        } catch {
            throw StoreError.translating(error, place: place)
        }
    }

    /// What the database's clock shows; nil if it does not answer soon.
    package var time: Timestamp? {
        var options = options
        options.access = .readOnly
        options.connectLimit = min(options.connectLimit, .seconds(2))
        options.statementLimit = .seconds(2)
        guard let connection = try? PostgresConnection(address(), options) else { return nil }
        defer { connection.close() }
        let row = try? connection.query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint").first
        return row?.int(0).map(Timestamp.init(milliseconds:))
    }
}
