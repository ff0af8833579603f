import EventLoops
import Synchronization

extension Parts {
    static func feed(
        on loop: EventLoop, _ time: TimeSource, _ metrics: Metrics, _ log: Logger, of member: FleetMember
    ) -> DashboardFeed {
        DashboardFeed(.init(loop: loop, time: time, metrics: metrics, recent: log.recent, instance: member.name))
    }

    var dashboard: Dashboard {
        let images = TokenImages(
            loop: fetchLoop, gateways: maker.gateways, metrics: metrics,
            configuration: { self.current.withLock { $0.configuration } },
            clients: { self.currentClients.withLock { $0 } })
        return Dashboard(
            files: DashboardFiles(), feed: feed, statistics: statistics, images: images, recent: log.recent,
            board: board, configuration: { self.current.withLock { $0.configuration } })
    }
}
