import Synchronization
import Tokens

extension Parts {
    func adminRoutes(_ token: AdminToken, _ admin: Configuration.Admin) -> AdminRoutes {
        AdminRoutes(
            gate: AdminGate(token: token, time: environment.time),
            trustedProxies: { TrustedProxies(self.current.withLock { $0.configuration.server.trustedProxies }) },
            isMetricsPublic: admin.isMetricsPublic, warming: warming, board: board, explainer: explainer,
            dashboard: dashboard, statistics: statistics, health: health,
            chains: { ChainDirectory(self.current.withLock { $0.configuration.chains }) },
            fleet: member, sessions: sessions, configuration: { self.current.withLock { $0.configuration } },
            time: environment.time, debugged: telemetry.debugged,
            effectiveConfiguration: { self.current.withLock { $0.effective } },
            reload: { await self.reload() }, log: log)
    }

    private var explainer: Explainer {
        Explainer(loop: fetchLoop, board: board) { [self] in
            let clients = currentClients.withLock { $0 }
            return maker.forExplaining.resolver(current.withLock { $0.configuration }, clients: clients)
        }
    }
}
