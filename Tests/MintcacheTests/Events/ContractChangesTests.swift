import Testing

@testable import Mintcache

@Suite struct `What contracts have said of changes` {
    private let changes = ContractChanges()
    private let key: CollectionKey

    init() throws {
        key = CollectionKey(try reference())
    }

    @Test func `is the latest of it, though something earlier is heard of afterwards`() {
        changes.note(key, at: 10)
        let known = changes.number
        changes.note(key, at: 5)
        #expect(changes.latest(of: key) == 10)
        #expect(changes.latest(of: key, since: known) == 10, "something was heard since")
    }
}
