package main

import (
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"strings"
	"unicode"

	"google.golang.org/protobuf/proto"

	jobpb "interop/gen/jobs"
)

// A worker: counts the words of the texts that the master sends.
func work(address string) {
	ctx, cancel := soon()
	defer cancel()
	call, err := jobpb.NewJobServiceClient(dial(address)).StreamJobs(ctx)
	if err != nil {
		log.Fatal(err)
	}
	var parts []*jobpb.Job
	done := 0
	for {
		message, err := call.Recv()
		if err == io.EOF {
			fmt.Printf("shut down after %d jobs\n", done)
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		if message.GetShutdown() != nil {
			goodbye := &jobpb.ShutdownReply{JobsDone: int64(done)}
			call.Send(&jobpb.JobMessage{Message: &jobpb.JobMessage_ShutdownReply{ShutdownReply: goodbye}})
			call.CloseSend()
			continue
		}
		job := message.GetJob()
		parts = append(parts, job)
		if job.More {
			continue
		}
		reply := reply(parts)
		reply.Id, reply.Attempt = job.Id, job.Attempt
		call.Send(&jobpb.JobMessage{Message: &jobpb.JobMessage_JobReply{JobReply: reply}})
		parts = nil
		done++
	}
}

func reply(parts []*jobpb.Job) *jobpb.JobReply {
	if parts[0].GetMap() != nil {
		return &jobpb.JobReply{Outcome: &jobpb.JobReply_Map{Map: &jobpb.MapResult{Partitions: countWords(parts)}}}
	}
	return &jobpb.JobReply{Outcome: &jobpb.JobReply_Reduce{Reduce: &jobpb.ReduceResult{Counts: addUp(parts)}}}
}

func countWords(parts []*jobpb.Job) [][]byte {
	counts := map[string]int64{}
	for _, part := range parts {
		words := strings.FieldsFunc(string(part.GetMap().Text), func(char rune) bool {
			return !unicode.In(char, unicode.L, unicode.M, unicode.N)
		})
		for _, word := range words {
			counts[strings.ToLower(word)]++
		}
	}
	partitions := make([]*jobpb.WordCounts, parts[0].GetMap().Partitions)
	for i := range partitions {
		partitions[i] = &jobpb.WordCounts{}
	}
	for word, count := range counts {
		partition := partitions[crc32.ChecksumIEEE([]byte(word))%uint32(len(partitions))]
		partition.Words = append(partition.Words, word)
		partition.Counts = append(partition.Counts, count)
	}
	serialised := make([][]byte, len(partitions))
	for i, partition := range partitions {
		data, err := proto.Marshal(partition)
		if err != nil {
			log.Fatal(err)
		}
		serialised[i] = data
	}
	return serialised
}

func addUp(parts []*jobpb.Job) *jobpb.WordCounts {
	sums := map[string]int64{}
	for _, part := range parts {
		for _, data := range part.GetReduce().Counts {
			var counts jobpb.WordCounts
			if err := proto.Unmarshal(data, &counts); err != nil {
				log.Fatal(err)
			}
			for i, word := range counts.Words {
				sums[word] += counts.Counts[i]
			}
		}
	}
	result := &jobpb.WordCounts{}
	for word, count := range sums {
		result.Words = append(result.Words, word)
		result.Counts = append(result.Counts, count)
	}
	return result
}
