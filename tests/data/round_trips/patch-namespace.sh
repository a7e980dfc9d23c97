kubectl patch ns shop -p "{\"metadata\":{\"annotations\":{\"@KEY@\":\"@VALUE@\"}}}"
