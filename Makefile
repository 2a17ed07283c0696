.PHONY: proto
proto: ## generate Go from proto/ (needs npm, for buf; the result is committed)
	scripts/proto.sh
