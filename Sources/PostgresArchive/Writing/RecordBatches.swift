import Tokens

/// Records made ready for statements.
enum RecordBatches {
    /// One record per token, the newest, sorted by token; the later one of two equally new.
    static func newest(of records: [TokenRecord]) -> [TokenRecord] {
        var newest: [TokenReference: Int] = [:]
        newest.reserveCapacity(records.count)
        for (index, record) in records.enumerated() {
            guard let other = newest[record.reference], records[other].fetchedAt > record.fetchedAt else {
                newest[record.reference] = index
                continue
            }
        }
        return newest.values.map { records[$0] }.sorted { $0.reference < $1.reference }
    }

    /// Cuts without reordering: at most so many rows, and so many document bytes unless one document is larger.
    static func cut(_ records: [TokenRecord], rows: Int, bytes: Int) -> [ArraySlice<TokenRecord>] {
        var batches: [ArraySlice<TokenRecord>] = []
        var start = 0
        var size = 0
        for (index, record) in records.enumerated() {
            if index > start, index - start >= rows || size + record.document.count > bytes {
                batches.append(records[start..<index])
                start = index
                size = 0
            }
            size += record.document.count
        }
        if start < records.count { batches.append(records[start...]) }
        return batches
    }
}
