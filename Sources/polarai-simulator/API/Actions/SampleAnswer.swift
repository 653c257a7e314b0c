/// The sample answer of DescribeAIDBClusterTaskAttribute, as the action's documentation page prints it.
enum SampleAnswer {
    /// Byte for byte, oddities included: the id's newline, the doubly escaped `AccessInfo`, the misspelt `stf`.
    static let text = #"""
        {
        "RequestId": "45D24263-7E3A-4140-9472-************",
        "DBType": "polardb_ai",
        "DBVersion": "3.1",
        "DBClusterId": "pm-2ze99***\n",
        "DBClusterStatus": "COMPLETED",
        "ClusterNetworkType": "VPC",
        "ModelPath": "/models_train/pm-2ze9***/merged_models_checkpoint-10,/models_train/pm-2ze9***/merged_models_checkpoint-5",
        "CreateTime": "2025-11-12T03:45:13Z",
        "KindCode": 18,
        "MaintainStartTime": "8:00Z",
        "MaintainEndTime": "12:00Z",
        "DataSets": [
        {
        "DatasetName": "dataset02",
        "Path": "polardb_ai/datasets/train/grpo/dataset02/test-**.jsonl#1000",
        "SplitDatasetRatio": "0.1",
        "Type": "train"
        }
        ],
        "TaskInfo": [
        {
        "ModelName": "Qwen-1.7B",
        "TrainType": "lora",
        "TrainMode": "stf",
        "ModelPath": "Qwen-1.7B",
        "ModelSource": "public",
        "RunningTimes": "{\"split_dataset_ratio\": 0.1,\"train_mode\": \"grpo\",\"train_type\": \"lora\",\"num_epochs\": 1,\"batch_size\": 2,\"eval_batch_size\": 2, \"num_generations\": 2, \"learning_rate\": \"1e-6\", \"data_file_list\": \"test-00000-of-00001.jsonl#1000\", \"lora_rank\": 8, \"lora_alpha\": 32, \"external_plugins\": \"/plugin/train/plugin.py\", \"reward_funcs\": \"format,external_countdown\", \"gpu_memory_utilization\": 0.4}\n",
        "StartTime": "2025-09-10T01:56:00Z",
        "CompletedTime": "2025-09-10T01:56:00Z"
        }
        ],
        "LockMode": "1",
        "DBClusterStatusDesc": "COMPLETED",
        "AccessInfo": "{\\\"networkInterfaceId\\\":\\\"eni-2zea***\\\",\\\"port\\\":\\\"8000\\\",\\\"host\\\":\\\"192.**.**.**\\\"}",
        "ExtraInfo": [
        {
        "outputPath": "/output/models_train/pm-2ze9***"
        }
        ],
        "VPCId": "vpc-**********",
        "VSwitchId": "vsw-*********************",
        "DBClusterDescription": "task01"
        }

        """#
}
