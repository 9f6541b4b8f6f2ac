package dev.cascade.cron.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

import jakarta.servlet.ServletException;

import dev.cascade.cron.report.ErrorReport;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.ReportJson;

/// Forbids a browser what it need not do, with each answer, whoever gives it: a controller, the firewall, or
/// Tomcat to what is no HTTP. Tomcat's own are error objects, and do not say who serves.
///
/// Tomcat makes it by its name, so it must be public.
public final class StrictAnswers extends ErrorReportValve {

    private static final Logger log = LoggerFactory.getLogger(StrictAnswers.class);
    private static final int FIRST_ERROR = 400;
    /// Styles and the script come from here; nothing comes from elsewhere, and nothing frames this.
    private static final Map<String, String> HEADERS = Map.of("Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                    + "connect-src 'self'; form-action 'self'; base-uri 'none'; "
                    + "frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Cache-Control", "no-store");

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        HEADERS.forEach(response::setHeader);
        super.invoke(request, response);
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
        int status = response.getStatus();
        if (status < FIRST_ERROR || response.getContentWritten() > 0
                || !response.setErrorReported()) {
            return;
        }
        HEADERS.forEach(response::setHeader); // an exception took them away
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        try {
            response.getReporter().write(ReportJson.write(told(status)));
            response.finishResponse();
        } catch (IOException ex) {
            log.debug("whoever asked is gone", ex);
        }
    }

    private static ErrorReport told(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return ErrorReport.of(ExitCode.REFUSED,
                known == null ? "status %d".formatted(status)
                        : "%d %s".formatted(status, known.getReasonPhrase()),
                known == HttpStatus.BAD_REQUEST
                        ? "Write it as HTTP/1.1 says, and ask for the address itself, localhost or one of serve.host-names."
                        : null);
    }
}
