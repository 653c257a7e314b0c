import ArgumentParser
import Foundation
import Model

extension Scenario {
    /// - Throws: `ExitCode` 78 after naming the mistakes on stderr, each with its place in the file.
    static func read(file: String) throws -> Scenario {
        do {
            return try parse(Data(contentsOf: URL(fileURLWithPath: file)))
        } catch let mistakes as ScenarioMistakes {
            for mistake in mistakes.lines { complain("\(file): \(mistake)") }
        } catch {
            complain("\(file): cannot be read: \(error.localizedDescription)")
        }
        throw ExitCode(78)
    }

    /// - Throws: `ScenarioMistakes`.
    static func parse(_ data: Data) throws -> Scenario {
        let scenario: Scenario
        do {
            scenario = try JSONDecoder().decode(Scenario.self, from: data)
        } catch let error as DecodingError {
            throw ScenarioMistakes(lines: [ScenarioMistakes.describe(error)])
        }
        let lines = scenario.contradictions
        guard lines.isEmpty else { throw ScenarioMistakes(lines: lines) }
        return scenario
    }

    private static func complain(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// What each part alone cannot see: doubles and names that lead nowhere.
    private var contradictions: [String] {
        var lines: [String] = []
        func findDoubles(_ place: String, _ names: [String]) {
            var seen: Set<String> = []
            for (index, name) in names.enumerated() where !seen.insert(name).inserted {
                lines.append("\(place)[\(index)]: \"\(name)\" is there twice")
            }
        }
        findDoubles("tasks", tasks.map(\.id))
        findDoubles("instances", instances.map(\.id))
        findDoubles("hooks", hooks.map(\.name))
        findDoubles("robots", robots.map { "\($0.service) \($0.token)" })
        findDoubles("accounts", accounts.map(\.accessKeyID))
        let instanceIDs = Set(instances.map(\.id))
        for (index, task) in tasks.enumerated() {
            if let instance = task.instance, !instanceIDs.contains(instance) {
                lines.append("tasks[\(index)].instance: \"\(instance)\" is not among the instances")
            }
            if let region = task.region, !regions.isEmpty, !regions.contains(region) {
                lines.append("tasks[\(index)].region: \"\(region)\" is not among the regions")
            }
        }
        return lines
    }
}

/// Everything that is wrong with a scenario.
struct ScenarioMistakes: Error {
    let lines: [String]

    /// `tasks[2].phases[0].at: what is wrong`.
    static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            place(context.codingPath + [key]) + ": is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            place(context.codingPath) + ": " + context.debugDescription
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "not JSON: " + underlying(context)
                : place(context.codingPath) + ": " + context.debugDescription
        @unknown default:
            "\(error)"
        }
    }

    private static func underlying(_ context: DecodingError.Context) -> String {
        guard let error = context.underlyingError as? NSError,
            let words = error.userInfo[NSDebugDescriptionErrorKey] as? String
        else { return context.debugDescription }
        return words
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}
