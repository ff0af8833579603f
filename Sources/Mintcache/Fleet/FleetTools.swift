import Caching
import EventLoops
import Tokens

/// What a member of a fleet works with.
struct FleetTools: Sendable {
    /// Rows that the archive deletes at once.
    private static let rowsAtOnce = 500

    let loop: EventLoop
    let time: TimeSource
    let memory: MemoryCache
    let purges: PurgeBook
    let board: FlightBoard
    let contracts: ContractBoard
    let documents: DocumentBoard
    let routes: RouteBoard
    /// Who waits for other instances' fetches.
    let news: FleetNews?
    let archive: any MetadataArchive
    /// How long memory answers without asking the stores.
    let memoryTTL: Duration
    let metrics: Metrics
    let log: Logger

    /// Lets what was purged be asked for at once, whatever went wrong before, and of the sources themselves. On the loop.
    func startAnew(_ scope: PurgeScope) {
        if scope.isOfTokens { documents.assumeIsolated { $0.forget() } }
        board.assumeIsolated { $0.forgetSetbacks(in: scope) }
        contracts.assumeIsolated { $0.forgetSetbacks(in: scope) }
    }

    /// Deletes what a purge has made void from the archive, a little at a time, behind the answer: nothing reads it any
    /// more.
    @discardableResult
    func forgetInArchive(_ mark: PurgeMark) -> Task<StoreError?, Never>? {
        guard !mark.isSoft, let scope = ArchiveScope(mark.scope) else { return nil }
        return Task(executorPreference: loop) {
            do throws(StoreError) {
                while try await archive.forget(scope, fetchedBefore: mark.moment, atMost: Self.rowsAtOnce) > 0 {}
                return nil
            } catch {
                metrics.archiveFailures.increment()
                log.warning(
                    "the archive keeps rows that were purged", ["scope": "\(mark.scope)", "reason": "\(error)"])
                return error
            }
        }
    }
}

extension ArchiveScope {
    fileprivate init?(_ scope: PurgeScope) {
        switch scope {
        case .everything: self = .everything
        case .contract(let chain, let contract): self = .contract(chain, contract)
        case .token(let reference): self = .token(reference)
        case .route, .prefix, .url, .tag: return nil
        }
    }
}
