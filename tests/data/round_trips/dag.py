from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

load = KubernetesPodOperator(
    task_id="load",
    image=f"load:{TAG}",
    annotations={"linkerd.io/inject": "enabled", "@KEY@": @VALUE@},
)
