package dev.cascade.jobs;

import java.util.Optional;

import javax.sql.DataSource;

import org.springframework.batch.core.configuration.JobRegistry;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.launch.support.JobOperatorFactoryBean;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.dao.JacksonExecutionContextStringSerializer;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.jdbc.support.JdbcTransactionManager;

/// Spring Batch over the state database, put together by hand: a command that runs one job has no use
/// for an application context, which would cost it more than the job.
final class Batch {

    private final JobRepository repository;
    private final JobOperator operator;
    private final JobRegistry registry = new MapJobRegistry();

    Batch(DataSource dataSource) {
        JdbcTransactionManager transactions = new JdbcTransactionManager(dataSource);
        try {
            JdbcJobRepositoryFactoryBean repositoryFactory = new JdbcJobRepositoryFactoryBean();
            repositoryFactory.setDataSource(dataSource);
            repositoryFactory.setTransactionManager(transactions);
            repositoryFactory.setDatabaseType("SQLITE");
            repositoryFactory.setSerializer(new JacksonExecutionContextStringSerializer());
            repositoryFactory.afterPropertiesSet();
            repository = repositoryFactory.getObject();
            JobOperatorFactoryBean operatorFactory = new JobOperatorFactoryBean();
            operatorFactory.setJobRepository(repository);
            operatorFactory.setJobRegistry(registry);
            operatorFactory.setTransactionManager(transactions);
            operatorFactory.afterPropertiesSet();
            operator = operatorFactory.getObject();
        } catch (Exception ex) {
            throw new IllegalStateException("Spring Batch could not be set up", ex);
        }
    }

    JobRepository repository() {
        return repository;
    }

    JobOperator operator() {
        return operator;
    }

    /// The execution with this id, if it is kept.
    Optional<JobExecution> execution(long id) {
        try {
            return Optional.ofNullable(repository.getJobExecution(id));
        } catch (EmptyResultDataAccessException ex) {
            return Optional.empty();
        }
    }

    /// The execution with this id.
    ///
    /// @throws NotFound if it is not kept
    JobExecution required(long id) {
        return execution(id).orElseThrow(() -> NotFound.execution(id));
    }

    /// Makes `job` the one that a restart of its name runs.
    void register(Job job) throws Exception {
        registry.unregister(job.getName());
        registry.register(job);
    }
}
