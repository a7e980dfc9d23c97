helm install web ./web --set-string 'podAnnotations.@PATH@=@VALUE@' --atomic
