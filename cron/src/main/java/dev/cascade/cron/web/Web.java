package dev.cascade.cron.web;

import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Serve;
import dev.cascade.cron.schedule.Served;
import dev.cascade.cron.schedule.Serving;

/// The HTTP side of `cascade serve`, from its start to its end.
public final class Web implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final URI address;

    private Web(ConfigurableApplicationContext context, URI address) {
        this.context = context;
        this.address = address;
    }

    /// Listens for requests.
    ///
    /// @param observations
    ///            where runs tell how long their steps take
    /// @throws ConfigurationProblem
    ///             if the address is not one of this machine or is in use, or if it can be reached from
    ///             elsewhere and no token is named
    public static Web start(Serve settings, Serving serving, ObservationRegistry observations,
            Clock clock) {
        InetAddress address = resolve(settings.address());
        WatchedRoots roots = WatchedRoots.of(serving, observations, clock);
        List<Home> homes = serving.roots().stream().map(Served::home).toList();
        Token token = Token.of(settings, address, homes);
        Access access = new Access(settings, address, token, homes.getFirst());
        SpringApplicationBuilder application = new SpringApplicationBuilder(WebApplication.class)
                .web(WebApplicationType.SERVLET)
                .environment(environment(address, settings.port(), homes.getFirst()))
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .initializers(context -> {
                    GenericApplicationContext beans = (GenericApplicationContext) context;
                    beans.registerBean(WatchedRoots.class, () -> roots);
                    beans.registerBean(Access.class, () -> access);
                    beans.registerBean(Clock.class, () -> clock);
                    beans.registerBean(ObservationRegistry.class, () -> observations);
                });
        ConfigurableApplicationContext context = run(application, settings);
        return new Web(context, uri(address, context));
    }

    private static ConfigurableApplicationContext run(SpringApplicationBuilder application,
            Serve settings) {
        try {
            return application.run();
        } catch (RuntimeException ex) {
            for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException cannot) {
                    throw unbindable(settings, cannot);
                }
            }
            throw ex;
        }
    }

    private static ConfigurationProblem unbindable(Serve settings, BindException ex) {
        return new ConfigurationProblem(
                "port %d of %s cannot be listened on: %s".formatted(settings.port(),
                        settings.address(), ex.getMessage()),
                "Take another with --port N, or any that is free with --port 0; cascade.serve.address must be one of this machine.",
                ex);
    }

    private static InetAddress resolve(String address) {
        try {
            return InetAddress.getByName(address.strip());
        } catch (UnknownHostException ex) {
            throw new ConfigurationProblem(
                    "cascade.serve.address is '%s', which is no address".formatted(address),
                    "Write 127.0.0.1, ::1, or the address of a network card.", ex);
        }
    }

    /// Nothing but what is said here: neither a variable nor a file that happens to lie where the
    /// process was started may open a door.
    private static ConfigurableEnvironment environment(InetAddress address, int port,
            Home first) {
        StandardEnvironment environment = new StandardEnvironment() {

            @Override
            protected void customizePropertySources(MutablePropertySources sources) {
                // none of the process
            }
        };
        Map<String, Object> said = new HashMap<>();
        said.put("spring.config.location", "classpath:/dev/cascade/cron/web/");
        said.put("spring.config.name", "web");
        said.put("server.address", address.getHostAddress());
        said.put("server.port", port);
        said.put("server.servlet.session.cookie.name", Gatekeeper.cookie(first, "session"));
        environment.getPropertySources().addFirst(new MapPropertySource("serve", said));
        return environment;
    }

    private static URI uri(InetAddress address, ConfigurableApplicationContext context) {
        int port = Objects.requireNonNull(
                ((WebServerApplicationContext) context).getWebServer(), "started").getPort();
        String host = address.isAnyLocalAddress() ? "localhost" : address.getHostAddress();
        return URI.create("http://%s:%d/".formatted(host.contains(":") ? "[" + host + "]" : host,
                port));
    }

    /// Where the page is.
    public URI address() {
        return address;
    }

    /// Where whoever sits at this machine finds what signing in needs.
    public String toSignIn() {
        return context.getBean(Access.class).token().place();
    }

    @Override
    public void close() {
        context.close();
    }

}
