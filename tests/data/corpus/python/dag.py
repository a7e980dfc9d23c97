from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

task = KubernetesPodOperator(task_id="load", annotations={"linkerd.io/inject": "disabled"})
