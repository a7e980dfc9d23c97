deploy:
	@helm upgrade --install web ./web --set-string 'podAnnotations.@PATH@=@VALUE@' \
		--set image.tag=$(TAG)
