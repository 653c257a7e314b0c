import ArgumentParser

/// `--format`: a table for people, the others for programs.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case table, json, jsonl, csv
}
