package dev.cascade.cron.web;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationEntryPointFailureHandler;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationFailureHandler;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.cors.CorsConfiguration;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;

import dev.cascade.config.Home;

/// Who gets in. Whoever changes something knows the token: programs send it with each request, a
/// browser once, for a cookie that other sites cannot use.
@Configuration(proxyBeanMethods = false)
class Gatekeeper {

    private static final String OPERATOR = "operator";
    private static final String BEARER = "Bearer ";
    private static final String SIGN_IN = "/sign-in";

    @Bean
    SecurityFilterChain chain(HttpSecurity http, Access access) {
        AuthenticationProvider tokens = new Tokens(access.token());
        ApiGate gate = new ApiGate();
        RequestMatcher programs = new OrRequestMatcher(
                PathPatternRequestMatcher.pathPattern("/api/**"),
                PathPatternRequestMatcher.pathPattern("/actuator/**"));
        return http
                .authorizeHttpRequests(requests -> {
                    requests.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.FORWARD)
                            .permitAll();
                    requests.requestMatchers(Gatekeeper::isFromAnotherSite).denyAll();
                    requests.requestMatchers("/assets/**", SIGN_IN, "/actuator/health/liveness",
                            "/actuator/health/readiness").permitAll();
                    if (!access.isReadingGuarded()) {
                        requests.requestMatchers(HttpMethod.GET, "/**").permitAll();
                        requests.requestMatchers(HttpMethod.HEAD, "/**").permitAll();
                    }
                    requests.anyRequest().authenticated();
                })
                .authenticationProvider(tokens)
                .formLogin(form -> form.loginPage(SIGN_IN)
                        .passwordParameter("token")
                        .defaultSuccessUrl("/")
                        .failureHandler(refused()))
                .logout(logout -> logout.logoutUrl("/sign-out").logoutSuccessUrl("/"))
                .addFilterBefore(bearer(tokens, gate), UsernamePasswordAuthenticationFilter.class)
                .csrf(csrf -> csrf.csrfTokenRepository(forms(access))
                        .ignoringRequestMatchers(request -> bearerOf(request).isPresent()))
                .cors(cors -> cors.configurationSource(_ -> nobodyElse()))
                .requestCache(cache -> cache.requestCache(new NullRequestCache()))
                .exceptionHandling(refusal -> refusal
                        .defaultAuthenticationEntryPointFor(gate, programs)
                        .defaultAccessDeniedHandlerFor(gate, programs)
                        .defaultAccessDeniedHandlerFor(new AccessDeniedHandlerImpl(),
                                PathPatternRequestMatcher.pathPattern("/**"))
                        .defaultAuthenticationEntryPointFor(
                                new LoginUrlAuthenticationEntryPoint(SIGN_IN),
                                PathPatternRequestMatcher.pathPattern("/**")))
                .headers(headers -> headers.disable()) // StrictAnswers has them
                .build();
    }

    /// A cookie goes to every port of a host: two of us on one machine must not take each other's.
    static String cookie(Home first, String what) {
        return "cascade-%s-%s".formatted(what, Integer.toHexString(first.hashCode()));
    }

    private static CookieCsrfTokenRepository forms(Access access) {
        CookieCsrfTokenRepository forms = new CookieCsrfTokenRepository();
        forms.setCookieName(cookie(access.first(), "form"));
        forms.setCookieCustomizer(cookie -> cookie.sameSite("Strict"));
        return forms;
    }

    /// Whether a page of another site lets the browser ask, though not by a link that is followed.
    private static boolean isFromAnotherSite(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        boolean isLinkFollowed = request.getMethod().equals("GET")
                && "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
                && "document".equals(request.getHeader("Sec-Fetch-Dest"));
        return ("cross-site".equals(site) || "same-site".equals(site)) && !isLinkFollowed;
    }

    /// Requests under a name that is not ours are not answered: decision 28.
    @Bean
    StrictHttpFirewall firewall(Access access) {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedHostnames(access::isKnownHost);
        return firewall;
    }

    /// No page of elsewhere may ask, not even one that the browser's owner trusts.
    private static CorsConfiguration nobodyElse() {
        CorsConfiguration nobody = new CorsConfiguration();
        nobody.setAllowedOrigins(List.of());
        return nobody;
    }

    private static SimpleUrlAuthenticationFailureHandler refused() {
        SimpleUrlAuthenticationFailureHandler refused = new SimpleUrlAuthenticationFailureHandler(
                SIGN_IN + "?refused");
        refused.setAllowSessionCreation(false);
        return refused;
    }

    private static AuthenticationFilter bearer(AuthenticationProvider tokens, ApiGate gate) {
        AuthenticationConverter converter = request -> bearerOf(request).map(Gatekeeper::claimed)
                .orElse(null);
        AuthenticationFilter filter = new AuthenticationFilter(new ProviderManager(tokens),
                converter);
        filter.setSuccessHandler((_, _, _) -> {
            // the request goes on
        });
        filter.setFailureHandler(new AuthenticationEntryPointFailureHandler(gate));
        return filter;
    }

    private static Authentication claimed(String token) {
        return UsernamePasswordAuthenticationToken.unauthenticated(OPERATOR, token);
    }

    private static Optional<String> bearerOf(HttpServletRequest request) {
        return Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION))
                .filter(said -> said.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(said -> said.substring(BEARER.length()).strip());
    }

    /// Whoever knows the token is the operator, whatever they call themselves.
    private record Tokens(Token token) implements AuthenticationProvider {

        @Override
        public @Nullable Authentication authenticate(Authentication claim) {
            if (!token.is(String.valueOf(claim.getCredentials()))) {
                throw new BadCredentialsException("this is not the token");
            }
            return UsernamePasswordAuthenticationToken.authenticated(OPERATOR, null, List.of());
        }

        @Override
        public boolean supports(Class<?> claim) {
            return UsernamePasswordAuthenticationToken.class.isAssignableFrom(claim);
        }
    }
}
