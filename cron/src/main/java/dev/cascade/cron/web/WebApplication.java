package dev.cascade.cron.web;

import org.apache.catalina.core.StandardHost;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

import tools.jackson.databind.json.JsonMapper;

import dev.cascade.jobs.ReportJson;

/// What Spring Boot puts together for the HTTP side. Jobs and their databases are none of it: they are
/// put together by constructors (decision 7).
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Gatekeeper.class, Api.class, ApiProblems.class, StatusPage.class, PageProblems.class,
        RootMeters.class, RootsHealth.class})
class WebApplication {

    /// The same JSON as that of the commands.
    @Bean
    JsonMapper jsonMapper() {
        return ReportJson.mapper();
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcat() {
        return factory -> {
            factory.setProtocol(TimedHttp.class.getName());
            factory.addContextCustomizers(context -> ((StandardHost) context.getParent())
                    .setErrorReportValveClass(StrictAnswers.class.getName()));
        };
    }
}
